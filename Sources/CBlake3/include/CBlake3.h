#ifndef COMFY_CBLAKE3_H
#define COMFY_CBLAKE3_H
#endif
