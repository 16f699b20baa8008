/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* symbols.c - the name of the function at an address: for the report, which ends the process.
 *
 * dladdr knows exported functions only; most functions of a program are in its file's symbol table,
 * which is mapped and read here. A stripped file gives the file and the offset, for addr2line.
 *
 * NOT HERE  Files and lines: `addr2line -e MODULE OFFSET` says them.
 */
#include "state.h"
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Image {
    const unsigned char *bytes;
    size_t size;
} Image;

static Image map_file(const char *path) {
    Image image = {NULL, 0};
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return image;
    if (fstat(file, &status) == 0 && status.st_size > 0) {
        void *p = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
        if (p != MAP_FAILED)
            image = (Image){p, (size_t)status.st_size};
    }
    close(file);
    return image;
}

static bool holds(const Image *image, uint64_t offset, uint64_t bytes) {
    return offset <= image->size && bytes <= image->size - offset;
}

static const ElfW(Shdr) * sections(const Image *image, size_t *count) {
    const ElfW(Ehdr) *head = (const void *)image->bytes;
    *count = 0;
    if (!holds(image, 0, sizeof *head) || memcmp(head->e_ident, ELFMAG, SELFMAG) != 0 ||
        head->e_shentsize != sizeof(ElfW(Shdr)) ||
        !holds(image, head->e_shoff, (uint64_t)head->e_shnum * sizeof(ElfW(Shdr))))
        return NULL;
    *count = head->e_shnum;
    return (const void *)(image->bytes + head->e_shoff);
}

/* The function of one table that holds `value`. */
static const char *search(const Image *image, const ElfW(Shdr) * table, const ElfW(Shdr) * names,
                          uintptr_t value) {
    if (!holds(image, table->sh_offset, table->sh_size) ||
        !holds(image, names->sh_offset, names->sh_size))
        return NULL;
    const ElfW(Sym) *symbols = (const void *)(image->bytes + table->sh_offset);
    for (size_t i = 0; i < table->sh_size / sizeof *symbols; i++) {
        const ElfW(Sym) *s = &symbols[i];
        if ((s->st_info & 15) == STT_FUNC && s->st_shndx != SHN_UNDEF && value >= s->st_value &&
            value - s->st_value < s->st_size && s->st_name < names->sh_size)
            return (const char *)image->bytes + names->sh_offset + s->st_name;
    }
    return NULL;
}

static void search_file(const char *path, uintptr_t value, Symbol *out) {
    Image image = map_file(path);
    size_t count = 0;
    const ElfW(Shdr) *all = image.bytes ? sections(&image, &count) : NULL;
    for (size_t i = 0; i < count && !out->name[0]; i++) {
        if (all[i].sh_type != SHT_SYMTAB || all[i].sh_link >= count)
            continue;
        const char *name = search(&image, &all[i], &all[all[i].sh_link], value);
        if (name)
            snprintf(out->name, sizeof out->name, "%s", name);
    }
    if (image.bytes)
        munmap((void *)image.bytes, image.size);
}

void symbol_find(uintptr_t pc, Symbol *out) {
    Dl_info info;
    *out = (Symbol){.offset = pc};
    if (!dladdr((void *)pc, &info) || !info.dli_fname)
        return;
    char program[256];
    const char *file = info.dli_fname;
    struct link_map *map = NULL;
    /* The addresses of a file begin at 0 or where it says; the loader adds l_addr. The main
     * program has no name there, and may have been started by one that leads nowhere now. */
    bool known = dladdr1((void *)pc, &info, (void **)&map, RTLD_DL_LINKMAP) && map;
    out->offset = pc - (known ? map->l_addr : (uintptr_t)info.dli_fbase);
    ssize_t n =
        known && !map->l_name[0] ? readlink("/proc/self/exe", program, sizeof program - 1) : 0;
    if (n > 0) {
        program[n] = '\0';
        file = program;
    }
    snprintf(out->module, sizeof out->module, "%s", file);
    search_file(file, out->offset, out);
    if (!out->name[0] && info.dli_sname)
        snprintf(out->name, sizeof out->name, "%s", info.dli_sname);
}
