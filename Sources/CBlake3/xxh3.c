#include "CBlake3.h"
void comfy_xxh3_init(comfy_xxh3 *state) { *state = (comfy_xxh3){0}; }
void comfy_xxh3_update(comfy_xxh3 *state, const uint8_t *input, size_t length) {}
void comfy_xxh3_digest(const comfy_xxh3 *state, uint8_t digest[16]) {}
