/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* objects.c - see objects.h. Reads with elfutils' libelf: objects, archives, shared libraries. */
#include "objects.h"

#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef void LineFunction(void *context, const char *object, const char *symbol, const char *hash);

/* "SYMBOL HASH\n" each; padding between pieces that a linker has joined (ld -r) is skipped. */
static void visit_lines(const Elf_Data *data, const char *object, void *context,
                        LineFunction *each) {
    const char *at = data->d_buf, *end = at + data->d_size;
    while (each && at && at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop)
            return;
        while (at < stop && *at == '\0')
            at++;
        char *line = format_text("%.*s", (int)(stop - at), at);
        char *blank = strrchr(line, ' ');
        if (blank) {
            *blank = '\0';
            each(context, object, line, blank + 1);
        }
        free(line);
        at = stop + 1;
    }
}

static void visit_symbols(Elf *elf, Elf_Scn *section, const GElf_Shdr *header, const char *object,
                          const ObjectVisitor *visitor) {
    Elf_Data *data = elf_getdata(section, NULL);
    size_t n = data && header->sh_entsize ? header->sh_size / header->sh_entsize : 0;
    for (size_t i = header->sh_info; i < n; i++) {
        GElf_Sym s = {0};
        if (!gelf_getsym(data, (int)i, &s) || s.st_shndx == SHN_UNDEF)
            continue;
        Symbol symbol = {
            .name = elf_strptr(elf, header->sh_link, s.st_name),
            .weak = GELF_ST_BIND(s.st_info) != STB_GLOBAL,
            .preemptible = GELF_ST_VISIBILITY(s.st_other) == STV_DEFAULT,
        };
        if (symbol.name && *symbol.name)
            visitor->symbol(visitor->context, object, &symbol);
    }
}

/* What the lines of a section are for; NULL: for nobody here. */
static LineFunction *function_for(const char *section, const ObjectVisitor *visitor) {
    static const char prefix[] = ".escapement.";
    if (strncmp(section, prefix, sizeof prefix - 1) != 0)
        return NULL;
    section += sizeof prefix - 1;
    return strcmp(section, "assumes") == 0   ? visitor->assumes
           : strcmp(section, "defines") == 0 ? visitor->defines
           : strcmp(section, "takes") == 0   ? visitor->takes
           : strcmp(section, "reaches") == 0 ? visitor->reaches
                                             : NULL;
}

static bool is_bitcode(Elf *elf) {
    size_t size;
    const char *bytes = elf_rawfile(elf, &size);
    return bytes && size > 4 &&
           (memcmp(bytes, "BC\xc0\xde", 4) == 0 || memcmp(bytes, "\xde\xc0\x17\x0b", 4) == 0);
}

static void visit_elf(Elf *elf, const char *object, const ObjectVisitor *visitor) {
    bool says_taken = false;
    GElf_Ehdr head;
    size_t names;
    if (elf_kind(elf) == ELF_K_NONE && visitor->silent && is_bitcode(elf))
        visitor->silent(visitor->context, object);
    if (elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &head) || head.e_type != ET_REL ||
        elf_getshdrstrndx(elf, &names) != 0)
        return;
    Elf_Scn *table = NULL;
    GElf_Shdr table_header = {0};
    for (Elf_Scn *s = NULL; (s = elf_nextscn(elf, s)) != NULL;) {
        GElf_Shdr header;
        const char *name = gelf_getshdr(s, &header) ? elf_strptr(elf, names, header.sh_name) : NULL;
        if (!name)
            continue;
        says_taken |= strcmp(name, ".escapement.takes") == 0;
        LineFunction *each = function_for(name, visitor);
        Elf_Data *data = each ? elf_rawdata(s, NULL) : NULL;
        if (data)
            visit_lines(data, object, visitor->context, each);
        if (header.sh_type == SHT_SYMTAB) {
            table = s;
            table_header = header;
        }
    }
    if (!says_taken && visitor->silent)
        visitor->silent(visitor->context, object);
    if (table && visitor->symbol)
        visit_symbols(elf, table, &table_header, object, visitor);
}

static void visit_archive(int file, Elf *archive, const char *path, const char *member,
                          const ObjectVisitor *visitor) {
    Elf_Cmd next = ELF_C_READ_MMAP;
    for (Elf *elf; (elf = elf_begin(file, next, archive)) != NULL;) {
        const Elf_Arhdr *header = elf_getarhdr(elf);
        if (header && (!member || strcmp(header->ar_name, member) == 0)) {
            char *object = format_text("%s(%s)", path, header->ar_name);
            visit_elf(elf, object, visitor);
            free(object);
        }
        next = elf_next(elf);
        elf_end(elf);
    }
}

static Elf *open_elf(const char *path, int *file) {
    char magic[8] = "";
    elf_version(EV_CURRENT);
    *file = open(path, O_RDONLY | O_CLOEXEC);
    if (*file < 0)
        return NULL;
    ssize_t n = pread(*file, magic, sizeof magic, 0);
    if (n == (ssize_t)sizeof magic && memcmp(magic, "!<thin>\n", sizeof magic) == 0) {
        close(*file);
        errno = ENOTSUP;
        return NULL;
    }
    int failed = n < 0 ? errno : EIO;
    Elf *elf = n < 0 ? NULL : elf_begin(*file, ELF_C_READ_MMAP, NULL);
    if (!elf) {
        close(*file);
        errno = failed;
    }
    return elf;
}

bool is_object(const char *path) {
    int file;
    Elf *elf = open_elf(path, &file);
    if (!elf)
        return false;
    bool is = elf_kind(elf) == ELF_K_ELF || elf_kind(elf) == ELF_K_AR || is_bitcode(elf);
    elf_end(elf);
    close(file);
    errno = ENOEXEC;
    return is;
}

bool visit_objects(const char *path, const char *member, const ObjectVisitor *visitor) {
    int file;
    Elf *elf = open_elf(path, &file);
    if (!elf)
        return false;
    if (elf_kind(elf) == ELF_K_AR)
        visit_archive(file, elf, path, member, visitor);
    else
        visit_elf(elf, path, visitor);
    elf_end(elf);
    close(file);
    return true;
}

/* ---- linked files ---------------------------------------------------------------------------- */

/* What the dynamic section of a linked file says. */
typedef struct Linked {
    bool dynamic, executable; /* of any kind; a position-independent executable */
    bool symbolic;            /* bound to itself by -Bsymbolic */
} Linked;

static void note_entry(Linked *linked, const GElf_Dyn *entry) {
    linked->symbolic |= entry->d_tag == DT_SYMBOLIC ||
                        (entry->d_tag == DT_FLAGS && (entry->d_un.d_val & DF_SYMBOLIC));
    linked->executable |= entry->d_tag == DT_FLAGS_1 && (entry->d_un.d_val & DF_1_PIE);
}

static Linked look_at_linked(Elf *elf) {
    Linked linked = {0};
    GElf_Ehdr head;
    if (elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &head) || head.e_type != ET_DYN)
        return linked;
    for (Elf_Scn *s = NULL; (s = elf_nextscn(elf, s)) != NULL;) {
        GElf_Shdr header;
        Elf_Data *data = NULL;
        if (!gelf_getshdr(s, &header) || header.sh_type != SHT_DYNAMIC ||
            !(data = elf_getdata(s, NULL)) || header.sh_entsize == 0)
            continue;
        linked.dynamic = true;
        GElf_Dyn entry;
        for (int i = 0; gelf_getdyn(data, i, &entry) && entry.d_tag != DT_NULL; i++)
            note_entry(&linked, &entry);
    }
    return linked;
}

bool is_shared_library(const char *path) {
    int file;
    Elf *elf = open_elf(path, &file);
    if (!elf)
        return false;
    Linked linked = look_at_linked(elf);
    elf_end(elf);
    close(file);
    return linked.dynamic && !linked.executable;
}

static void visit_dynamic(Elf *elf, void *context, void (*each)(void *, const char *)) {
    for (Elf_Scn *s = NULL; (s = elf_nextscn(elf, s)) != NULL;) {
        GElf_Shdr header;
        Elf_Data *data = NULL;
        if (!gelf_getshdr(s, &header) || header.sh_type != SHT_DYNSYM ||
            !(data = elf_getdata(s, NULL)) || header.sh_entsize == 0)
            continue;
        for (size_t i = header.sh_info; i < header.sh_size / header.sh_entsize; i++) {
            GElf_Sym symbol;
            const char *name = gelf_getsym(data, (int)i, &symbol)
                                   ? elf_strptr(elf, header.sh_link, symbol.st_name)
                                   : NULL;
            if (name && symbol.st_shndx != SHN_UNDEF &&
                GELF_ST_VISIBILITY(symbol.st_other) == STV_DEFAULT)
                each(context, name);
        }
    }
}

bool visit_interposable(const char *path, void *context,
                        void (*each)(void *context, const char *symbol)) {
    int file;
    Elf *elf = open_elf(path, &file);
    if (!elf)
        return false;
    Linked linked = look_at_linked(elf);
    bool open = linked.dynamic && !linked.executable && !linked.symbolic;
    if (open)
        visit_dynamic(elf, context, each);
    elf_end(elf);
    close(file);
    return open;
}
