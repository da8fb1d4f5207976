// SPDX-License-Identifier: GPL-2.0-only
/* functions.c: the functions of functions.h themselves. */
#include "functions.h"

int add(int a, int b)
{
	return a + b;
}

int count(int by)
{
	static int counter;

	counter += by;
	return counter;
}
