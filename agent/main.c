/* Entry point: finds the command and runs it. The only file that ends the process. */
#include <stdio.h>

int main(void)
{
	puts("kendrawatch " KW_VERSION);
	return 0;
}
