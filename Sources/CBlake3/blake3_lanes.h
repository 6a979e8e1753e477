// Hashes WIDTH inputs of equal length at once, one a lane. Included once for each instruction set,
// with NAME, WIDTH, TARGET (a function attribute, or empty) and TRANSPOSE defined.
//
// Inputs are whole blocks, `stride` bytes apart; lane i counts `counter + i * step`. The values
// are written side by side.

#define VECTOR CONCATENATE(NAME, _vector)

typedef uint32_t VECTOR __attribute__((vector_size(4 * WIDTH)));

TARGET static void NAME(const uint8_t *input, size_t stride, size_t blocks, uint64_t counter,
                        unsigned step, uint32_t flags, uint32_t first, uint32_t last,
                        uint32_t *values) {
  VECTOR low, high, chain[8];
  for (unsigned lane = 0; lane < WIDTH; lane++) {
    uint64_t number = counter + (uint64_t)lane * step;
    low[lane] = (uint32_t)number;
    high[lane] = (uint32_t)(number >> 32);
  }
  for (unsigned word = 0; word < 8; word++) chain[word] = (VECTOR){0} + initial[word];

  for (size_t block = 0; block < blocks; block++) {
    VECTOR m[16];
    for (unsigned part = 0; part < 16; part += WIDTH) {
      VECTOR *rows = m + part;
      for (unsigned lane = 0; lane < WIDTH; lane++)
        memcpy(&rows[lane], input + lane * stride + block * 64 + part * 4, sizeof(VECTOR));
      TRANSPOSE(rows);
    }
    uint32_t here = flags | (block == 0 ? first : 0) | (block + 1 == blocks ? last : 0);
    VECTOR v[16] = {
      chain[0], chain[1], chain[2], chain[3], chain[4], chain[5], chain[6], chain[7],
      (VECTOR){0} + initial[0], (VECTOR){0} + initial[1], (VECTOR){0} + initial[2],
      (VECTOR){0} + initial[3], low, high, (VECTOR){0} + 64, (VECTOR){0} + here,
    };
    ROUNDS;
    for (unsigned word = 0; word < 8; word++) chain[word] = v[word] ^ v[word + 8];
  }

  for (unsigned part = 0; part < 8; part += WIDTH) {
    if (WIDTH > 8) {
      for (unsigned lane = 0; lane < WIDTH; lane++)
        for (unsigned word = 0; word < 8; word++) values[lane * 8 + word] = chain[word][lane];
    } else {
      VECTOR *rows = chain + part;
      TRANSPOSE(rows);
      for (unsigned lane = 0; lane < WIDTH; lane++)
        memcpy(values + lane * 8 + part, &rows[lane], sizeof(VECTOR));
    }
  }
}

#undef VECTOR
#undef NAME
#undef WIDTH
#undef TARGET
#undef TRANSPOSE
