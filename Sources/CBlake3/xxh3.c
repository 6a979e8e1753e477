#include "CBlake3.h"

#include <string.h>

enum { stripe_bytes = 64, secret_bytes = 192, stripes_per_block = (secret_bytes - stripe_bytes) / 8 };

static const uint64_t prime32_1 = 0x9E3779B1, prime32_2 = 0x85EBCA77, prime32_3 = 0xC2B2AE3D;
static const uint64_t prime64_1 = 0x9E3779B185EBCA87, prime64_2 = 0xC2B2AE3D27D4EB4F;
static const uint64_t prime64_3 = 0x165667B19E3779F9, prime64_4 = 0x85EBCA77C2B2AE63;
static const uint64_t prime64_5 = 0x27D4EB2F165667C5;
static const uint64_t prime_mx1 = 0x165667919E3779F9, prime_mx2 = 0x9FB21C651E98DF25;

// The default secret of the specification.
static const uint8_t secret[secret_bytes] = {
  0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe, 0x7c, 0x01, 0x81, 0x2c, 0xf7, 0x21, 0xad, 0x1c,
  0xde, 0xd4, 0x6d, 0xe9, 0x83, 0x90, 0x97, 0xdb, 0x72, 0x40, 0xa4, 0xa4, 0xb7, 0xb3, 0x67, 0x1f,
  0xcb, 0x79, 0xe6, 0x4e, 0xcc, 0xc0, 0xe5, 0x78, 0x82, 0x5a, 0xd0, 0x7d, 0xcc, 0xff, 0x72, 0x21,
  0xb8, 0x08, 0x46, 0x74, 0xf7, 0x43, 0x24, 0x8e, 0xe0, 0x35, 0x90, 0xe6, 0x81, 0x3a, 0x26, 0x4c,
  0x3c, 0x28, 0x52, 0xbb, 0x91, 0xc3, 0x00, 0xcb, 0x88, 0xd0, 0x65, 0x8b, 0x1b, 0x53, 0x2e, 0xa3,
  0x71, 0x64, 0x48, 0x97, 0xa2, 0x0d, 0xf9, 0x4e, 0x38, 0x19, 0xef, 0x46, 0xa9, 0xde, 0xac, 0xd8,
  0xa8, 0xfa, 0x76, 0x3f, 0xe3, 0x9c, 0x34, 0x3f, 0xf9, 0xdc, 0xbb, 0xc7, 0xc7, 0x0b, 0x4f, 0x1d,
  0x8a, 0x51, 0xe0, 0x4b, 0xcd, 0xb4, 0x59, 0x31, 0xc8, 0x9f, 0x7e, 0xc9, 0xd9, 0x78, 0x73, 0x64,
  0xea, 0xc5, 0xac, 0x83, 0x34, 0xd3, 0xeb, 0xc3, 0xc5, 0x81, 0xa0, 0xff, 0xfa, 0x13, 0x63, 0xeb,
  0x17, 0x0d, 0xdd, 0x51, 0xb7, 0xf0, 0xda, 0x49, 0xd3, 0x16, 0x55, 0x26, 0x29, 0xd4, 0x68, 0x9e,
  0x2b, 0x16, 0xbe, 0x58, 0x7d, 0x47, 0xa1, 0xfc, 0x8f, 0xf8, 0xb8, 0xd1, 0x7a, 0xd0, 0x31, 0xce,
  0x45, 0xcb, 0x3a, 0x8f, 0x95, 0x16, 0x04, 0x28, 0xaf, 0xd7, 0xfb, 0xca, 0xbb, 0x4b, 0x40, 0x7e,
};

typedef struct {
  uint64_t low, high;
} pair;

static uint32_t swap32(uint32_t x) { return __builtin_bswap32(x); }
static uint64_t swap64(uint64_t x) { return __builtin_bswap64(x); }

static uint32_t load32(const uint8_t *bytes) {
  uint32_t value;
  memcpy(&value, bytes, 4);
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
  value = swap32(value);
#endif
  return value;
}

static uint64_t load64(const uint8_t *bytes) {
  uint64_t value;
  memcpy(&value, bytes, 8);
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
  value = swap64(value);
#endif
  return value;
}

static pair multiply(uint64_t a, uint64_t b) {
  unsigned __int128 product = (unsigned __int128)a * b;
  return (pair){(uint64_t)product, (uint64_t)(product >> 64)};
}

static uint64_t multiply_fold(uint64_t a, uint64_t b) {
  pair product = multiply(a, b);
  return product.low ^ product.high;
}

static uint64_t avalanche(uint64_t hash) {
  hash ^= hash >> 37;
  hash *= prime_mx1;
  return hash ^ hash >> 32;
}

static uint64_t avalanche64(uint64_t hash) {
  hash ^= hash >> 33;
  hash *= prime64_2;
  hash ^= hash >> 29;
  hash *= prime64_3;
  return hash ^ hash >> 32;
}

static pair hash_1_to_3(const uint8_t *input, size_t length) {
  uint32_t combined = (uint32_t)input[0] << 16 | (uint32_t)input[length >> 1] << 24
    | (uint32_t)input[length - 1] | (uint32_t)length << 8;
  uint32_t swapped = swap32(combined);
  uint32_t turned = swapped << 13 | swapped >> 19;
  uint64_t low = combined ^ (uint64_t)(load32(secret) ^ load32(secret + 4));
  uint64_t high = turned ^ (uint64_t)(load32(secret + 8) ^ load32(secret + 12));
  return (pair){avalanche64(low), avalanche64(high)};
}

static pair hash_4_to_8(const uint8_t *input, size_t length) {
  uint64_t value = load32(input) + ((uint64_t)load32(input + length - 4) << 32);
  uint64_t keyed = value ^ load64(secret + 16) ^ load64(secret + 24);
  pair hash = multiply(keyed, prime64_1 + (length << 2));
  hash.high += hash.low << 1;
  hash.low ^= hash.high >> 3;
  hash.low ^= hash.low >> 35;
  hash.low *= prime_mx2;
  hash.low ^= hash.low >> 28;
  hash.high = avalanche(hash.high);
  return hash;
}

static pair hash_9_to_16(const uint8_t *input, size_t length) {
  uint64_t first = load64(input), last = load64(input + length - 8);
  pair hash = multiply(first ^ last ^ load64(secret + 32) ^ load64(secret + 40), prime64_1);
  hash.low += (uint64_t)(length - 1) << 54;
  last ^= load64(secret + 48) ^ load64(secret + 56);
  hash.high += last + (uint64_t)(uint32_t)last * (prime32_2 - 1);
  hash.low ^= swap64(hash.high);
  pair mixed = multiply(hash.low, prime64_2);
  mixed.high += hash.high * prime64_2;
  return (pair){avalanche(mixed.low), avalanche(mixed.high)};
}

static uint64_t mix16(const uint8_t *input, const uint8_t *key) {
  return multiply_fold(load64(input) ^ load64(key), load64(input + 8) ^ load64(key + 8));
}

static pair mix32(pair sum, const uint8_t *one, const uint8_t *two, const uint8_t *key) {
  sum.low += mix16(one, key);
  sum.low ^= load64(two) + load64(two + 8);
  sum.high += mix16(two, key + 16);
  sum.high ^= load64(one) + load64(one + 8);
  return sum;
}

static pair finish_middle(pair sum, size_t length) {
  uint64_t high = sum.low * prime64_1 + sum.high * prime64_4 + length * prime64_2;
  return (pair){avalanche(sum.low + sum.high), 0 - avalanche(high)};
}

static pair hash_17_to_128(const uint8_t *input, size_t length) {
  pair sum = {length * prime64_1, 0};
  for (size_t i = (length - 1) / 32 + 1; i-- > 0;)
    sum = mix32(sum, input + 16 * i, input + length - 16 * (i + 1), secret + 32 * i);
  return finish_middle(sum, length);
}

static pair hash_129_to_240(const uint8_t *input, size_t length) {
  pair sum = {length * prime64_1, 0};
  for (size_t i = 0; i < 4; i++)
    sum = mix32(sum, input + 32 * i, input + 32 * i + 16, secret + 32 * i);
  sum = (pair){avalanche(sum.low), avalanche(sum.high)};
  for (size_t i = 4; i < length / 32; i++)
    sum = mix32(sum, input + 32 * i, input + 32 * i + 16, secret + 3 + 32 * (i - 4));
  sum = mix32(sum, input + length - 16, input + length - 32, secret + 136 - 17 - 16);
  return finish_middle(sum, length);
}

static pair hash_short(const uint8_t *input, size_t length) {
  if (length > 128) return hash_129_to_240(input, length);
  if (length > 16) return hash_17_to_128(input, length);
  if (length > 8) return hash_9_to_16(input, length);
  if (length > 3) return hash_4_to_8(input, length);
  if (length > 0) return hash_1_to_3(input, length);
  return (pair){
    avalanche64(load64(secret + 64) ^ load64(secret + 72)),
    avalanche64(load64(secret + 80) ^ load64(secret + 88)),
  };
}

static void take_stripe(uint64_t sums[8], const uint8_t *input, const uint8_t *key) {
  for (unsigned lane = 0; lane < 8; lane++) {
    uint64_t value = load64(input + 8 * lane), keyed = value ^ load64(key + 8 * lane);
    sums[lane ^ 1] += value;
    sums[lane] += (uint64_t)(uint32_t)keyed * (keyed >> 32);
  }
}

static void scramble(uint64_t sums[8]) {
  for (unsigned lane = 0; lane < 8; lane++) {
    uint64_t sum = sums[lane];
    sum ^= sum >> 47;
    sum ^= load64(secret + secret_bytes - stripe_bytes + 8 * lane);
    sums[lane] = sum * prime32_1;
  }
}

// Processes whole stripes that are known not to be the last of the input.
static size_t take_stripes(uint64_t sums[8], size_t in_block, const uint8_t *input, size_t count) {
  for (size_t i = 0; i < count; i++) {
    take_stripe(sums, input + i * stripe_bytes, secret + 8 * in_block);
    if (++in_block == stripes_per_block) {
      scramble(sums);
      in_block = 0;
    }
  }
  return in_block;
}

static uint64_t merge(const uint64_t sums[8], const uint8_t *key, uint64_t start) {
  for (unsigned i = 0; i < 4; i++)
    start += multiply_fold(sums[2 * i] ^ load64(key + 16 * i),
                           sums[2 * i + 1] ^ load64(key + 16 * i + 8));
  return avalanche(start);
}

void comfy_xxh3_init(comfy_xxh3 *state) {
  *state = (comfy_xxh3){
    .accumulators = {
      prime32_3, prime64_1, prime64_2, prime64_3, prime64_4, prime32_2, prime64_5, prime32_1,
    },
  };
}

void comfy_xxh3_update(comfy_xxh3 *state, const uint8_t *input, size_t length) {
  const size_t capacity = sizeof state->buffer;
  state->total += length;
  if (length <= capacity - state->buffered) {
    if (length) memcpy(state->buffer + state->buffered, input, length);
    state->buffered += length;
    return;
  }
  size_t head = capacity - state->buffered;
  memcpy(state->buffer + state->buffered, input, head);
  input += head;
  length -= head;
  state->stripes = take_stripes(
    state->accumulators, state->stripes, state->buffer, capacity / stripe_bytes);
  // At least one byte is kept, because the last stripe is processed with another part of the
  // secret.
  size_t direct = (length - 1) / stripe_bytes;
  if (direct) {
    state->stripes = take_stripes(state->accumulators, state->stripes, input, direct);
    input += direct * stripe_bytes;
    length -= direct * stripe_bytes;
    memcpy(state->buffer + capacity - stripe_bytes, input - stripe_bytes, stripe_bytes);
  }
  memcpy(state->buffer, input, length);
  state->buffered = length;
}

static pair hash_long(const comfy_xxh3 *state) {
  const size_t capacity = sizeof state->buffer;
  uint64_t sums[8];
  memcpy(sums, state->accumulators, sizeof sums);
  take_stripes(sums, state->stripes, state->buffer, (state->buffered - 1) / stripe_bytes);
  uint8_t last[stripe_bytes];
  if (state->buffered >= stripe_bytes) {
    memcpy(last, state->buffer + state->buffered - stripe_bytes, stripe_bytes);
  } else {
    // The stripe processed before is still at the end of the buffer.
    size_t before = stripe_bytes - state->buffered;
    memcpy(last, state->buffer + capacity - before, before);
    memcpy(last + before, state->buffer, state->buffered);
  }
  take_stripe(sums, last, secret + secret_bytes - stripe_bytes - 7);
  return (pair){
    merge(sums, secret + 11, state->total * prime64_1),
    merge(sums, secret + secret_bytes - stripe_bytes - 11, ~(state->total * prime64_2)),
  };
}

void comfy_xxh3_digest(const comfy_xxh3 *state, uint8_t digest[16]) {
  pair hash = state->total > 240 ? hash_long(state) : hash_short(state->buffer, state->total);
  for (unsigned i = 0; i < 8; i++) {
    digest[i] = (uint8_t)(hash.high >> (56 - 8 * i));
    digest[8 + i] = (uint8_t)(hash.low >> (56 - 8 * i));
  }
}
