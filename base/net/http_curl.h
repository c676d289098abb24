/* libcurl, loaded at the first call of one of its functions. For http.c alone. */
#ifndef KW_BASE_NET_HTTP_CURL_H
#define KW_BASE_NET_HTTP_CURL_H

#include <curl/curl.h>

/* Loads and initialises it now; any thread, again is fine. */
void http_curl_load(void);

/* Its memory, at the end of the process, when nothing calls it any more. It need not be loaded. */
void http_curl_fini(void);

/* curl_url_get without flags. */
CURLUcode http_curl_url_get(CURLU *url, CURLUPart part, char **out);

#endif
