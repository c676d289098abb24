/* A server on loopback for the tests of AWS calls: answers each request with the next text of a script,
 * whatever was asked, and keeps the requests. One connection at a time, closed after each answer. */
#ifndef KW_TESTS_UNIT_BASE_AWS_SCRIPTED_H
#define KW_TESTS_UNIT_BASE_AWS_SCRIPTED_H

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/heap.h"

#define SCRIPTED_MAX 32

struct scripted {
	const char *const *answers; /* whole HTTP answers; NULL in between: the connection is reset */
	size_t n_answers;
	char *requests[SCRIPTED_MAX]; /* as they came, head and body */
	size_t n_requests;
	int fd, port;
	char url[64];
	pthread_t thread;
};

static bool scripted_whole(const struct buf *request)
{
	struct sv s = buf_sv(request);
	size_t head = sv_find(s, SV("\r\n\r\n")), at = sv_find(s, SV("Content-Length: "));
	int64_t body = 0;
	if (head == SV_NONE)
		return false;
	if (at != SV_NONE) {
		struct sv rest = sv_skip(s, at + 16), number;
		sv_cut(&rest, '\r', &number);
		sv_int(number, 0, 1 << 20, &body);
	}
	return s.len >= head + 4 + (size_t)body;
}

static void scripted_answer(struct scripted *s, int fd)
{
	struct buf request = {0};
	char piece[4096];
	ssize_t n = 1;
	while (!scripted_whole(&request) && n > 0) {
		n = read(fd, piece, sizeof piece);
		if (n > 0)
			buf_add(&request, sv_of(piece, (size_t)n));
	}
	size_t i = s->n_requests;
	if (scripted_whole(&request) && i < SCRIPTED_MAX) {
		s->requests[i] = heap_copy(request.ptr);
		s->n_requests = i + 1;
		const char *answer =
		    i < s->n_answers ? s->answers[i] : "HTTP/1.1 500 none\r\nContent-Length: 0\r\n\r\n";
		if (answer)
			(void)!write(fd, answer, strlen(answer));
		else
			setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
	}
	buf_fini(&request);
	close(fd);
}

static void *scripted_main(void *arg)
{
	struct scripted *s = arg;
	int fd;
	while ((fd = accept(s->fd, NULL, NULL)) >= 0)
		scripted_answer(s, fd);
	return NULL;
}

static void scripted_start(struct scripted *s, const char *const *answers, size_t n_answers)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof a;
	*s = (struct scripted){.answers = answers, .n_answers = n_answers};
	s->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (s->fd < 0 || bind(s->fd, (struct sockaddr *)&a, sizeof a) || listen(s->fd, 8) ||
	    getsockname(s->fd, (struct sockaddr *)&a, &len) ||
	    pthread_create(&s->thread, NULL, scripted_main, s))
		abort();
	s->port = ntohs(a.sin_port);
	snprintf(s->url, sizeof s->url, "http://127.0.0.1:%d", s->port);
}

static void scripted_stop(struct scripted *s)
{
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->fd);
	for (size_t i = 0; i < s->n_requests; i++)
		free(s->requests[i]);
}

/* An answer with `body`; static texts only. */
#define SCRIPTED(status, headers, body) "HTTP/1.1 " status " x\r\nConnection: close\r\n" headers "\r\n" body

#endif
