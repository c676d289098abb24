/* Calls that do not compile in kendrawatch, each with the word to use instead. Included before every file. */
#ifndef KW_BASE_BANNED_H
#define KW_BASE_BANNED_H

/* Library headers that declare the names below come first, so that only our own use is poisoned. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strncpy stpcpy strcat strncat sprintf vsprintf strtok atoi atol atoll atof
#pragma GCC poison gets gmtime localtime ctime asctime tmpnam mktemp

#endif
