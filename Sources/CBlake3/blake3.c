#include "CBlake3.h"

#include <string.h>

#include "blake3_rounds.h"
#include "blake3_transpose.h"

enum { block_bytes = 64, chunk_bytes = COMFY_BLAKE3_CHUNK, widest = 16 };

enum { chunk_start = 1, chunk_end = 2, parent = 4, root_node = 8 };

static const uint32_t initial[8] = {
  0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19,
};

#define JOIN(a, b) a##b
#define CONCATENATE(a, b) JOIN(a, b)

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

// Baseline vectors: SSE2 on x86-64, NEON on arm64, and plain words where there are no vectors.
#define NAME lanes4
#define WIDTH 4
#define TARGET
#define TRANSPOSE TRANSPOSE4
#include "blake3_lanes.h"

#if defined(__x86_64__)
#define NAME lanes4_sse41
#define WIDTH 4
#define TARGET __attribute__((target("sse4.1")))
#define TRANSPOSE TRANSPOSE4
#include "blake3_lanes.h"

#define NAME lanes8_avx2
#define WIDTH 8
#define TARGET __attribute__((target("avx2")))
#define TRANSPOSE TRANSPOSE8
#include "blake3_lanes.h"

#define NAME lanes16_avx512
#define WIDTH 16
#define TARGET __attribute__((target("avx512f")))
#define TRANSPOSE TRANSPOSE16
#include "blake3_lanes.h"
#endif
#endif

static uint32_t load(const uint8_t *bytes) {
  return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16
    | (uint32_t)bytes[3] << 24;
}

static void compress(uint32_t chain[8], const uint32_t m[16], uint64_t counter, uint32_t length,
                     uint32_t flags) {
  uint32_t v[16] = {
    chain[0], chain[1], chain[2], chain[3], chain[4], chain[5], chain[6], chain[7],
    initial[0], initial[1], initial[2], initial[3],
    (uint32_t)counter, (uint32_t)(counter >> 32), length, flags,
  };
  ROUNDS;
  for (unsigned word = 0; word < 8; word++) chain[word] = v[word] ^ v[word + 8];
}

static void compress_chunk(const uint8_t *input, size_t length, uint64_t number, bool root,
                           uint32_t value[8]) {
  memcpy(value, initial, sizeof initial);
  uint32_t start = chunk_start;
  do {
    size_t taken = length < block_bytes ? length : block_bytes;
    uint8_t block[block_bytes] = {0};
    if (taken) memcpy(block, input, taken);
    uint32_t m[16];
    for (unsigned word = 0; word < 16; word++) m[word] = load(block + 4 * word);
    uint32_t end = length <= block_bytes ? chunk_end | (root ? root_node : 0) : 0;
    compress(value, m, number, (uint32_t)taken, start | end);
    start = 0;
    input += taken;
    length -= taken;
  } while (length > 0);
}

void comfy_blake3_parent(const uint32_t left[8], const uint32_t right[8], bool root,
                         uint32_t value[8]) {
  uint32_t m[16];
  memcpy(m, left, 32);
  memcpy(m + 8, right, 32);
  memcpy(value, initial, sizeof initial);
  compress(value, m, 0, block_bytes, parent | (root ? root_node : 0));
}

unsigned comfy_blake3_width(void) {
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
  return 1;
#elif defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return 16;
  if (__builtin_cpu_supports("avx2")) return 8;
  return 4;
#else
  return 4;
#endif
}

// Hashes as many of `count` inputs as a kernel of at most `width` lanes can take at once. Returns
// their number, or 0 when no kernel is narrow enough.
static size_t hash_lanes(unsigned width, const uint8_t *input, size_t count, size_t stride,
                         size_t blocks, uint64_t counter, unsigned step, uint32_t flags,
                         uint32_t first, uint32_t last, uint32_t *values) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#if defined(__x86_64__)
  if (width >= 16 && count >= 16) {
    lanes16_avx512(input, stride, blocks, counter, step, flags, first, last, values);
    return 16;
  }
  if (width >= 8 && count >= 8) {
    lanes8_avx2(input, stride, blocks, counter, step, flags, first, last, values);
    return 8;
  }
  if (width >= 4 && count >= 4 && __builtin_cpu_supports("sse4.1")) {
    lanes4_sse41(input, stride, blocks, counter, step, flags, first, last, values);
    return 4;
  }
#endif
  if (width >= 4 && count >= 4) {
    lanes4(input, stride, blocks, counter, step, flags, first, last, values);
    return 4;
  }
#endif
  return 0;
}

static size_t hash_chunks(unsigned width, const uint8_t *input, size_t length, uint64_t number,
                          uint32_t *values) {
  size_t done = 0, whole = length / chunk_bytes;
  for (;;) {
    size_t lanes = hash_lanes(
      width, input + done * chunk_bytes, whole - done, chunk_bytes, chunk_bytes / block_bytes,
      number + done, 1, 0, chunk_start, chunk_end, values + 8 * done);
    if (lanes == 0) break;
    done += lanes;
  }
  while (done * chunk_bytes < length) {
    size_t rest = length - done * chunk_bytes;
    compress_chunk(input + done * chunk_bytes, rest < chunk_bytes ? rest : chunk_bytes,
                   number + done, false, values + 8 * done);
    done++;
  }
  return done;
}

// Joins pairs of neighbours; an odd one at the end is copied unchanged.
static size_t hash_parents(unsigned width, const uint32_t *children, size_t count,
                           uint32_t *values) {
  size_t done = 0, pairs = count / 2;
  for (;;) {
    size_t lanes = hash_lanes(width, (const uint8_t *)(children + 16 * done), pairs - done,
                              block_bytes, 1, 0, 0, parent, 0, 0, values + 8 * done);
    if (lanes == 0) break;
    done += lanes;
  }
  for (; done < pairs; done++)
    comfy_blake3_parent(children + 16 * done, children + 16 * done + 8, false, values + 8 * done);
  if (count % 2) {
    memcpy(values + 8 * done, children + 16 * done, 32);
    done++;
  }
  return done;
}

// Hashes a subtree, but stops while there are still as many values as lanes, so that the vectors
// are full also when parents are hashed.
static size_t hash_wide(unsigned width, const uint8_t *input, size_t length, uint64_t number,
                        uint32_t *values) {
  if (length <= (size_t)widest * chunk_bytes)
    return hash_chunks(width, input, length, number, values);
  size_t left = (size_t)widest * chunk_bytes;
  while (left < length - left) left *= 2;
  uint32_t children[2 * widest * 8];
  size_t count = hash_wide(width, input, left, number, children);
  count += hash_wide(width, input + left, length - left, number + left / chunk_bytes,
                     children + 8 * count);
  return hash_parents(width, children, count, values);
}

void comfy_blake3_subtree(unsigned width, const uint8_t *input, size_t length,
                          uint64_t first_chunk, bool root, uint32_t value[8]) {
  if (length <= chunk_bytes) {
    compress_chunk(input, length, first_chunk, root, value);
    return;
  }
  uint32_t values[widest * 8], next[widest * 8];
  size_t count = hash_wide(width, input, length, first_chunk, values);
  while (count > 2) {
    count = hash_parents(width, values, count, next);
    memcpy(values, next, count * 32);
  }
  comfy_blake3_parent(values, values + 8, root, value);
}
