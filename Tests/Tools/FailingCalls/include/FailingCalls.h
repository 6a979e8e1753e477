#ifndef FAILING_CALLS_H
#define FAILING_CALLS_H

/* Nothing is called from here: the library is preloaded, and what it does is told by the environment.
   See failing_calls.c. */

#endif
