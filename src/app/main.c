/* main.c - the program starts here; everything else is in libcoldcase.a. */
#include <stdio.h>

int main(void)
{
	puts("coldcase " CC_VERSION);
	return 0;
}
