// Square transpositions of 4, 8 and 16 vectors: halves change places at distances 1, 2, 4, 8.
// The numbers say which word of the two rows comes to each place.

#define SWAP(rows, count, distance, UPPER, LOWER) \
  do { \
    for (unsigned i = 0; i < (count); i++) { \
      if (i & (distance)) continue; \
      __typeof__(rows[0]) upper = rows[i], lower = rows[i + (distance)]; \
      rows[i] = UPPER(upper, lower); \
      rows[i + (distance)] = LOWER(upper, lower); \
    } \
  } while (0)

#define UPPER4_1(a, b) \
  __builtin_shufflevector(a, b, 0, 4, 2, 6)
#define LOWER4_1(a, b) \
  __builtin_shufflevector(a, b, 1, 5, 3, 7)
#define UPPER4_2(a, b) \
  __builtin_shufflevector(a, b, 0, 1, 4, 5)
#define LOWER4_2(a, b) \
  __builtin_shufflevector(a, b, 2, 3, 6, 7)

#define TRANSPOSE4(rows) \
  do { \
    SWAP(rows, 4, 1, UPPER4_1, LOWER4_1); \
    SWAP(rows, 4, 2, UPPER4_2, LOWER4_2); \
  } while (0)

#define UPPER8_1(a, b) \
  __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14)
#define LOWER8_1(a, b) \
  __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15)
#define UPPER8_2(a, b) \
  __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13)
#define LOWER8_2(a, b) \
  __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15)
#define UPPER8_4(a, b) \
  __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11)
#define LOWER8_4(a, b) \
  __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15)

#define TRANSPOSE8(rows) \
  do { \
    SWAP(rows, 8, 1, UPPER8_1, LOWER8_1); \
    SWAP(rows, 8, 2, UPPER8_2, LOWER8_2); \
    SWAP(rows, 8, 4, UPPER8_4, LOWER8_4); \
  } while (0)

#define UPPER16_1(a, b) \
  __builtin_shufflevector(a, b, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30)
#define LOWER16_1(a, b) \
  __builtin_shufflevector(a, b, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31)
#define UPPER16_2(a, b) \
  __builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
#define LOWER16_2(a, b) \
  __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31)
#define UPPER16_4(a, b) \
  __builtin_shufflevector(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27)
#define LOWER16_4(a, b) \
  __builtin_shufflevector(a, b, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31)
#define UPPER16_8(a, b) \
  __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
#define LOWER16_8(a, b) \
  __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31)

#define TRANSPOSE16(rows) \
  do { \
    SWAP(rows, 16, 1, UPPER16_1, LOWER16_1); \
    SWAP(rows, 16, 2, UPPER16_2, LOWER16_2); \
    SWAP(rows, 16, 4, UPPER16_4, LOWER16_4); \
    SWAP(rows, 16, 8, UPPER16_8, LOWER16_8); \
  } while (0)
