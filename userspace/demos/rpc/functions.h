/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * functions.h: all that a caller knows of calc.x. Whether add() is the function
 * itself (functions.c) or the stub of a remote one (client_stub.c) is decided
 * when the program is linked.
 *
 * The price of looking local: add() has no way to say "the server is dead".
 * The stub sets errno and returns -1.
 */
#ifndef FUNCTIONS_H
#define FUNCTIONS_H

int add(int a, int b);
int count(int by);

#endif /* FUNCTIONS_H */
