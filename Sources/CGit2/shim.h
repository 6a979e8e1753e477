#ifndef COMFY_CGIT2_SHIM_H
#define COMFY_CGIT2_SHIM_H

#include <git2.h>

#endif
