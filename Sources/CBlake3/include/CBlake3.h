// BLAKE3 (hash mode) and XXH3-128, written from their specifications.
//
// BLAKE3 is offered as the two operations of its tree, so that the caller may hash a file in any
// order: the chaining value of a sequence of chunks, and the chaining value of two children. The
// widest vector unit of the processor is chosen at run time.

#ifndef COMFY_CBLAKE3_H
#define COMFY_CBLAKE3_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Bytes of a chunk, the leaf of the BLAKE3 tree.
#define COMFY_BLAKE3_CHUNK 1024

/// Chaining value of the subtree over `length` bytes whose first chunk has number `first_chunk`.
///
/// For `root`, the input is the whole message: `first_chunk` is 0 and `value` is the hash, as eight
/// little-endian words. Without `root`, `length` is at least 1, and every subtree except the last
/// of a message is a power of two whole chunks long and starts at a multiple of its length.
///
/// At most `width` chunks are hashed at once; `width` must not exceed `comfy_blake3_width()`.
void comfy_blake3_subtree(unsigned width, const uint8_t *input, size_t length,
                          uint64_t first_chunk, bool root, uint32_t value[8]);

/// Chaining value of the parent of two subtrees; for `root`, the hash. `value` may be a child.
void comfy_blake3_parent(const uint32_t left[8], const uint32_t right[8], bool root,
                         uint32_t value[8]);

/// Chunks that this processor hashes at once: 1, 4, 8 or 16.
unsigned comfy_blake3_width(void);

/// XXH3 with 128 bits and seed 0, fed piece by piece.
typedef struct {
  uint64_t accumulators[8];
  uint8_t buffer[256];
  size_t buffered;
  size_t stripes;
  uint64_t total;
} comfy_xxh3;

void comfy_xxh3_init(comfy_xxh3 *state);
void comfy_xxh3_update(comfy_xxh3 *state, const uint8_t *input, size_t length);

/// The hash in canonical order: big-endian, high half first.
void comfy_xxh3_digest(const comfy_xxh3 *state, uint8_t digest[16]);

#ifdef __cplusplus
}
#endif

#endif
