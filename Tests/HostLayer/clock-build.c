// Images as they are built, without a process that gets them. Meant for sanitizers.
#include "clock-image.h"
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GAP = 0x6000 };
static const uint64_t moved = 0x7e0000000000;
static const chost_clock_offsets offsets = {1, 2, 3, 4};
static const char *const names[] = {"clock_gettime", "__vdso_clock_gettime", "gettimeofday", "__vdso_gettimeofday",
                                    "time", "__vdso_time", "clock_getres", "__vdso_clock_getres", "getcpu",
                                    "__vdso_getcpu", "getrandom", "__vdso_getrandom"};

// Where a built function leads: to a position in the moved image, 0 for code in the page, -1 for anything else.
static int64_t follow(const uint8_t *page, const uint8_t *copy, uint64_t position) {
    if (memcmp(copy + position, "\xf3\x0f\x1e\xfa", 4) == 0) position += 4;
    int32_t distance, offset;
    uint64_t target;
    if (copy[position] != 0xe9) return -1;
    memcpy(&distance, copy + position + 1, 4);
    int64_t slot = (int64_t)position + 5 + distance + GAP;
    if (slot == 0) return 0;
    if (slot < 0 || slot > CHOST_VDSO_CODE_SIZE - 16 || memcmp(page + slot, "\xff\x25", 2)) return -1;
    memcpy(&offset, page + slot + 2, 4);
    memcpy(&target, page + slot + 6 + offset, 8);
    return (int64_t)(target - moved);
}

static bool leads_well(const uint8_t *image, size_t size, const uint8_t *page, const uint8_t *copy) {
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        uint64_t position = chost_vdso_function(image, size, names[i]);
        if (position && follow(page, copy, position) != (i < 2 ? 0 : (int64_t)position)) {
            printf("FAIL %s leads elsewhere\n", names[i]);
            return false;
        }
    }
    return true;
}

// Gives all functions of an image the size, as its symbols say.
static void set_sizes(uint8_t *image, size_t size, uint64_t value) {
    for (size_t i = 0; i + sizeof(Elf64_Sym) <= size; i += 8) {
        Elf64_Sym symbol;
        memcpy(&symbol, image + i, sizeof symbol);
        if (ELF64_ST_TYPE(symbol.st_info) != STT_FUNC || symbol.st_other || symbol.st_shndx == 0 ||
            symbol.st_shndx > 64 || symbol.st_value == 0 || symbol.st_value >= size || symbol.st_size > 4096 ||
            symbol.st_size == 0 || symbol.st_name == 0 || symbol.st_name > 4096)
            continue;
        symbol.st_size = value;
        memcpy(image + i, &symbol, sizeof symbol);
    }
}

// Other kernels' functions: of 5 bytes, too short, and marked for indirect branches.
static bool build_kinds(const uint8_t *image, size_t size) {
    uint8_t page[CHOST_VDSO_CODE_SIZE], *copy = malloc(size), *other = malloc(size);
    bool well = chost_vdso_replace(image, size, moved, GAP, &offsets, page, copy) == 0 &&
                leads_well(image, size, page, copy) &&
                memcmp(page + chost_vdso_offsets_position(), &offsets, sizeof offsets) == 0;
    memcpy(other, image, size);
    set_sizes(other, size, 5);
    well = well && chost_vdso_replace(other, size, moved, GAP, &offsets, page, copy) == 0 &&
           leads_well(other, size, page, copy);
    set_sizes(other, size, 4);
    well = well && chost_vdso_replace(other, size, moved, GAP, &offsets, page, copy) < 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        uint64_t position = chost_vdso_function(image, size, names[i]);
        if (position) memcpy(other + position, "\xf3\x0f\x1e\xfa", 4);
    }
    set_sizes(other, size, 9);
    well = well && chost_vdso_replace(other, size, moved, GAP, &offsets, page, copy) == 0 &&
           leads_well(other, size, page, copy);
    set_sizes(other, size, 8);
    well = well && chost_vdso_replace(other, size, moved, GAP, &offsets, page, copy) < 0;
    free(copy);
    free(other);
    return well;
}

static uint64_t next(uint64_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    return *seed ^= *seed << 17;
}

int fuzz_image(long rounds) {
    size_t size;
    const uint8_t *image = chost_vdso_self(&size);
    if (!build_kinds(image, size)) {
        printf("FAIL building\n");
        return 1;
    }
    uint64_t seed = 88172645463325252ull, built = 0;
    for (long i = 0; i < rounds; i++) {
        // Buffers of exactly these sizes, for the sanitizers to see every byte too far.
        size_t length = next(&seed) % 4 ? size : next(&seed) % (size + 1);
        uint8_t *copy = malloc(length), *out = malloc(length), page[CHOST_VDSO_CODE_SIZE];
        memcpy(copy, image, length);
        for (uint64_t j = next(&seed) % 8; length && j > 0; j--) {
            // Mostly the headers and symbols.
            size_t position = next(&seed) % (next(&seed) % 4 ? length : length < 2048 ? length : 2048);
            if (next(&seed) % 2) {
                copy[position] = (uint8_t)next(&seed);
            } else if (length >= 8 + position) {
                uint64_t word = next(&seed) % 3 ? next(&seed) % (2 * size) : next(&seed);
                memcpy(copy + position, &word, 8);
            }
        }
        built += chost_vdso_replace(copy, length, moved, GAP, &offsets, page, out) == 0;
        free(copy);
        free(out);
    }
    printf("%ld damaged images, %lu of them usable\n", rounds, built);
    return 0;
}
