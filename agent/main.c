/* Entry point: hands the command line to its command. The only file that ends the process. */
#include <signal.h>

#include "agent/command/cli.h"
#include "base/net/http.h"

int main(int argc, char **argv)
{
	/* A reader that goes away, or a limit on file sizes, is an answer of write(2), not a death. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	int code = (int)cli_main(argc, argv);
	http_global_fini();
	return code;
}
