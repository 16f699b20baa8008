/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* maps.c - what is mapped where in this process, read from /proc without libc.
 *
 * dl_iterate_phdr would know too, but holds the loader's lock while it calls back; and it knows no
 * stacks. A library may be unloaded between the look at the list and the look at its first page: so
 * memory that belongs to others is read through /proc/self/mem, where that is an error and no
 * fault.
 */
#include "maps.h"
#include "sys.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>

enum { CHUNK = 1024, FIRST_BYTES = 256 * 1024, LARGEST_BYTES = 64 * 1024 * 1024, MAX_HEADERS = 32 };

static int open_file(const char *path) {
    long fd = sys_call(SYS_openat, AT_FDCWD, (long)path, O_RDONLY | O_CLOEXEC, 0, 0, 0);
    return sys_failed(fd) ? -1 : (int)fd;
}

static size_t read_some(int fd, char *bytes, size_t capacity) {
    long n = sys_call(SYS_read, fd, (long)bytes, (long)capacity, 0, 0, 0);
    return n > 0 ? (size_t)n : 0;
}

static bool read_memory(uintptr_t address, void *into, size_t length) {
    int fd = open_file("/proc/self/mem");
    if (fd < 0)
        return false;
    long n = sys_call(SYS_pread64, fd, (long)into, (long)length, (long)address, 0, 0);
    escrt_sys_close(fd);
    return n == (long)length;
}

static const char *number(const char *at, uint64_t *value) {
    for (*value = 0;; at++) {
        if (*at >= '0' && *at <= '9')
            *value = *value * 16 + (uint64_t)(*at - '0');
        else if (*at >= 'a' && *at <= 'f')
            *value = *value * 16 + (uint64_t)(*at - 'a' + 10);
        else
            return at;
    }
}

/* "start-end rwxp offset device inode   path": the kernel's own words, so they are not doubted. The
 * line ends with a zero. */
static Mapping parse(const char *line) {
    Mapping mapping = {.path = ""};
    uint64_t value;
    line = number(line, &value);
    mapping.start = (uintptr_t)value;
    if (*line == '-')
        line = number(line + 1, &value);
    mapping.end = (uintptr_t)value;
    if (strlen(line) < 6)
        return mapping;
    mapping.readable = line[1] == 'r';
    mapping.executable = line[3] == 'x';
    line = number(line + 6, &mapping.offset);
    for (int words = 0; words < 2 && *line; words++) {
        line += strspn(line, " ");
        line += strcspn(line, " ");
    }
    mapping.path = line + strspn(line, " ");
    return mapping;
}

/* The whole of /proc/self/maps, or 0: it was longer than that. */
static size_t read_text(char *text, size_t capacity) {
    int fd = open_file("/proc/self/maps");
    size_t length = 0, got;
    if (fd < 0)
        return 0;
    while ((got = read_some(fd, text + length, capacity - length)) > 0)
        length += got;
    escrt_sys_close(fd);
    return length < capacity ? length : 0;
}

/* A line is at least 50 bytes, and what is made of it 48: the table fits where the text would. */
static void split(Maps *maps, char *text, size_t length) {
    char *end = text + length;
    for (char *line = text; line < end;) {
        char *newline = memchr(line, '\n', (size_t)(end - line));
        if (newline == NULL)
            return;
        *newline = '\0';
        maps->mappings[maps->count++] = parse(line);
        line = newline + 1;
    }
}

bool escrt_maps_read(Maps *maps) {
    for (size_t bytes = FIRST_BYTES; bytes <= LARGEST_BYTES; bytes *= 4) {
        *maps = (Maps){.memory = escrt_sys_map(2 * bytes), .memory_bytes = 2 * bytes};
        if (maps->memory == NULL)
            return false;
        char *text = (char *)maps->memory + bytes;
        size_t length = read_text(text, bytes);
        maps->mappings = maps->memory;
        if (length > 0) {
            split(maps, text, length);
            return true;
        }
        escrt_maps_drop(maps);
    }
    return false;
}

void escrt_maps_drop(Maps *maps) {
    if (maps->memory)
        escrt_sys_unmap(maps->memory, maps->memory_bytes);
    *maps = (Maps){0};
}

const Mapping *escrt_maps_find(const Maps *maps, uintptr_t address) {
    size_t low = 0, high = maps->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (maps->mappings[middle].end <= address)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < maps->count && maps->mappings[low].start <= address;
    return found ? &maps->mappings[low] : NULL;
}

const Mapping *escrt_maps_first(const Maps *maps, const Mapping *mapping) {
    const Mapping *first = mapping;
    for (const Mapping *at = mapping; at >= maps->mappings; at--) {
        if (strcmp(at->path, mapping->path) == 0)
            first = at;
        if (first->offset == 0)
            break;
    }
    return first;
}

static bool read_header(const Mapping *first, ElfW(Ehdr) * header) {
    return first->readable && first->offset == 0 && first->path[0] == '/' &&
           read_memory(first->start, header, sizeof *header) &&
           memcmp(header->e_ident, ELFMAG, SELFMAG) == 0;
}

bool escrt_maps_is_fixed(const Mapping *first) {
    ElfW(Ehdr) header;
    return read_header(first, &header) && header.e_type == ET_EXEC;
}

static void to_hexadecimal(const unsigned char *bytes, size_t length, char *text) {
    for (size_t i = 0; i < length; i++) {
        *text++ = "0123456789abcdef"[bytes[i] >> 4];
        *text++ = "0123456789abcdef"[bytes[i] & 15];
    }
    *text = '\0';
}

/* One segment of notes: name and content are padded to words of four bytes. */
static bool find_build_id(const unsigned char *notes, size_t length, char *text) {
    for (size_t at = 0; at + sizeof(ElfW(Nhdr)) <= length;) {
        ElfW(Nhdr) note;
        memcpy(&note, notes + at, sizeof note);
        size_t name = at + sizeof note, content = name + round_up(note.n_namesz, 4);
        if (content + note.n_descsz > length)
            return false;
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && note.n_descsz <= 64 &&
            memcmp(notes + name, "GNU", 4) == 0) {
            to_hexadecimal(notes + content, note.n_descsz, text);
            return true;
        }
        at = content + round_up(note.n_descsz, 4);
    }
    return false;
}

void escrt_maps_build_id(const Mapping *first, char text[BUILD_ID_TEXT]) {
    ElfW(Ehdr) header;
    ElfW(Phdr) segments[MAX_HEADERS];
    unsigned char notes[CHUNK];
    text[0] = '\0';
    if (!read_header(first, &header) || header.e_phnum > MAX_HEADERS ||
        header.e_phentsize != sizeof *segments ||
        !read_memory(first->start + header.e_phoff, segments, header.e_phnum * sizeof *segments))
        return;
    uintptr_t base = header.e_type == ET_EXEC ? 0 : first->start;
    for (size_t i = 0; i < header.e_phnum; i++) {
        size_t length = min_size(segments[i].p_filesz, sizeof notes);
        if (segments[i].p_type == PT_NOTE &&
            read_memory(base + segments[i].p_vaddr, notes, length) &&
            find_build_id(notes, length, text))
            return;
    }
}

/* Lines longer than the buffer lose their ends, which are paths. */
uintptr_t escrt_maps_end_of(uintptr_t address) {
    char line[128], chunk[CHUNK];
    size_t length = 0, got;
    int fd = open_file("/proc/self/maps");
    uintptr_t end = 0;
    while (fd >= 0 && end == 0 && (got = read_some(fd, chunk, sizeof chunk)) > 0)
        for (size_t i = 0; i < got && end == 0; i++) {
            if (chunk[i] != '\n') {
                if (length < sizeof line - 1)
                    line[length++] = chunk[i];
                continue;
            }
            line[length] = '\0';
            length = 0;
            Mapping mapping = parse(line);
            if (address >= mapping.start && address < mapping.end)
                end = mapping.end;
        }
    if (fd >= 0)
        escrt_sys_close(fd);
    return end;
}
