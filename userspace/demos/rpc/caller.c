// SPDX-License-Identifier: GPL-2.0-only
/*
 * caller.c: a program that adds. It is compiled once and linked twice: with
 * functions.c it is add_local, with client_stub.c and link.c add_remote.
 */
#include <stdio.h>

#include "functions.h"

int main(void)
{
	printf("%d\n", add(2, 3));
	return 0;
}
