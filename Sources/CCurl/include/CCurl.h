#ifndef COMFY_CCURL_H
#define COMFY_CCURL_H
#endif
