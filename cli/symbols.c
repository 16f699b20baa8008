/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* symbols.c - see symbols.h. elfutils' libdwfl reads the files and finds separate debug files.
 *
 * An address of the process becomes an offset in the file by its mapping, an address of the file by
 * the program header that holds the offset, and one of libdwfl by the module's bias: so neither the
 * process nor where it was loaded is needed.
 *
 * INVARIANT  A file whose build id differs from the profile's is never asked.
 */
#include "symbols.h"

#include <dwarf.h>
#include <elfutils/libdwelf.h>
#include <elfutils/libdwfl.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The addresses of a compilation. libdw's own search reads .debug_aranges, which Clang does not
 * write. */
typedef struct Range {
    Dwarf_Addr start, end;
    Dwarf_Die unit;
    Dwarf_Addr bias;
} Range;

typedef struct Module {
    const char *name;  /* the end of the mapping's path */
    Dwfl_Module *dwfl; /* NULL: not there, or another one */
    Range *ranges;     /* sorted, disjoint */
    size_t nranges, ranges_capacity;
    bool ranges_read;
} Module;

struct Symbols {
    const Profile *profile;
    Dwfl *dwfl;
    Module *modules; /* of each mapping */
    Frames *frames;  /* of each location; `all` is NULL until somebody asks */
    const char *missing;
    char **texts; /* what Frame.path points to */
    size_t ntexts, texts_capacity;
};

static char no_debug_path[] = "";
static const Dwfl_Callbacks callbacks = {
    .find_elf = dwfl_build_id_find_elf,
    .find_debuginfo = dwfl_standard_find_debuginfo,
    .section_address = dwfl_offline_section_address,
    .debuginfo_path = NULL,
};

/* ---- paths ----------------------------------------------------------------------------------- */

char *joined_path(const char *directory, const char *path) {
    bool absolute = path[0] == '/' || directory[0] == '/';
    char *whole = path[0] == '/' ? copy_text(path) : format_text("%s/%s", directory, path);
    char *joined = allocate(strlen(whole) + 2), *end = joined, *rest = whole;
    for (char *part; (part = strsep(&rest, "/")) != NULL;) {
        char *last = strrchr(joined, '/');
        if (!*part || strcmp(part, ".") == 0)
            continue;
        if (strcmp(part, "..") == 0 && last && strcmp(last, "/..") != 0) {
            end = last;
            *end = '\0';
            continue;
        }
        if (strcmp(part, "..") == 0 && absolute)
            continue;
        *end++ = '/';
        end = stpcpy(end, part);
    }
    free(whole);
    if (!absolute)
        memmove(joined, joined + (*joined == '/'), strlen(joined) + (*joined != '/'));
    return joined;
}

static const char *keep(Symbols *symbols, char *text) {
    if (symbols->ntexts == symbols->texts_capacity) {
        symbols->texts_capacity = symbols->texts_capacity ? symbols->texts_capacity * 2 : 64;
        symbols->texts =
            reallocate(symbols->texts, symbols->texts_capacity * sizeof *symbols->texts);
    }
    return symbols->texts[symbols->ntexts++] = text;
}

static const char *name_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* ---- files ----------------------------------------------------------------------------------- */

/* In hexadecimal, as the profile has it; "" when the file has none. */
static char *build_id_of(Elf *elf) {
    const void *bytes;
    ssize_t length = dwelf_elf_gnu_build_id(elf, &bytes);
    char *text = allocate(length > 0 ? 2 * (size_t)length + 1 : 1);
    for (ssize_t i = 0; i < length; i++)
        sprintf(text + 2 * i, "%02x", ((const unsigned char *)bytes)[i]);
    return text;
}

/* NULL (and errno) when it cannot be read or is no ELF file (ENOEXEC). */
static char *read_build_id(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    Elf *elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
    char *build_id = elf && elf_kind(elf) == ELF_K_ELF ? build_id_of(elf) : NULL;
    elf_end(elf);
    close(fd);
    errno = ENOEXEC;
    return build_id;
}

/* For each mapping the file to read: one of `binaries` with its build id, or its own path. To be
 * freed. A binary that is of no mapping belongs to another profile. */
static const char **files_of(const Profile *profile, const Paths *binaries) {
    const char **files = allocate(profile->nmappings * sizeof *files);
    for (size_t i = 0; i < profile->nmappings; i++)
        files[i] = profile->mappings[i].file;
    for (size_t i = 0; i < binaries->n; i++) {
        const char *binary = binaries->all[i];
        char *build_id = read_build_id(binary);
        bool is_one = false;
        if (!build_id)
            trouble("cannot read %s: %s", binary, strerror(errno));
        for (size_t k = 0; k < profile->nmappings && *build_id; k++)
            if (strcmp(build_id, profile->mappings[k].build_id) == 0) {
                files[k] = binary;
                is_one = true;
            }
        if (!is_one)
            trouble("the profile is of no build of %s: its build id is %s, the program's (%s) %s",
                    binary, *build_id ? build_id : "none", profile->mappings[0].file,
                    *profile->mappings[0].build_id ? profile->mappings[0].build_id : "none");
        free(build_id);
    }
    return files;
}

static bool is_used(const Profile *profile, const Mapping *mapping) {
    for (size_t i = 0; i < profile->nlocations; i++)
        if (profile->locations[i].mapping == mapping)
            return true;
    return false;
}

/* The program itself must be there and be the same; libraries need not. */
static bool usable(Symbols *symbols, const Mapping *mapping, const char *path) {
    bool program = mapping == symbols->profile->mappings;
    char *build_id = read_build_id(path);
    if (!build_id && program)
        trouble("cannot read the profiled program %s: %s (--binary=FILE says where it is)", path,
                strerror(errno));
    bool same = build_id && strcmp(build_id, mapping->build_id) == 0;
    if (build_id && !same && program)
        trouble("the profile is of another build of %s: its build id is %s, the file's %s", path,
                *mapping->build_id ? mapping->build_id : "none", *build_id ? build_id : "none");
    if (!same && path[0] == '/' && !symbols->missing && is_used(symbols->profile, mapping))
        symbols->missing = mapping->file; /* not "[vdso]" and the like */
    free(build_id);
    return same;
}

/* A file that was mapped twice is one module. */
static Dwfl_Module *same_file(const Symbols *symbols, size_t before) {
    const Mapping *mappings = symbols->profile->mappings;
    for (size_t i = 0; i < before; i++)
        if (strcmp(mappings[i].file, mappings[before].file) == 0)
            return symbols->modules[i].dwfl;
    return NULL;
}

static void open_modules(Symbols *symbols, const Paths *binaries) {
    const Profile *profile = symbols->profile;
    const char **files = files_of(profile, binaries);
    dwfl_report_begin(symbols->dwfl);
    for (size_t i = 0; i < profile->nmappings; i++) {
        const Mapping *mapping = &profile->mappings[i];
        const char *path = files[i];
        Module *module = &symbols->modules[i];
        *module = (Module){.name = name_of(mapping->file), .dwfl = same_file(symbols, i)};
        if (!module->dwfl && usable(symbols, mapping, path))
            module->dwfl = dwfl_report_offline(symbols->dwfl, path, path, -1);
    }
    dwfl_report_end(symbols->dwfl, NULL, NULL);
    free(files);
}

bool symbols_has_lines(const Symbols *symbols) {
    Dwarf_Addr bias;
    Dwfl_Module *program = symbols->modules[0].dwfl;
    return program && dwfl_module_getdwarf(program, &bias);
}

Symbols *symbols_open(const Profile *profile, const Paths *binaries) {
    Symbols *symbols = allocate(sizeof *symbols);
    elf_version(EV_CURRENT);
    symbols->profile = profile;
    symbols->modules = allocate(profile->nmappings * sizeof *symbols->modules);
    symbols->frames = allocate(profile->nlocations * sizeof *symbols->frames);
    symbols->dwfl = dwfl_begin(&callbacks);
    if (!symbols->dwfl)
        trouble("libdwfl: %s", dwfl_errmsg(-1));
    if (profile->nmappings == 0)
        trouble("the profile names no file that its addresses lie in");
    open_modules(symbols, binaries);
    return symbols;
}

const char *symbols_missing(const Symbols *symbols) {
    return symbols->missing;
}

void symbols_close(Symbols *symbols) {
    for (size_t i = 0; i < symbols->profile->nlocations; i++)
        free(symbols->frames[i].all);
    for (size_t i = 0; i < symbols->ntexts; i++)
        free(symbols->texts[i]);
    for (size_t i = 0; i < symbols->profile->nmappings; i++)
        free(symbols->modules[i].ranges);
    dwfl_end(symbols->dwfl);
    free(symbols->texts);
    free(symbols->frames);
    free(symbols->modules);
    free(symbols);
}

/* ---- addresses ------------------------------------------------------------------------------- */

/* As libdwfl numbers it; false: in no segment of the file. */
static bool address_in(Dwfl_Module *module, const Location *location, Dwarf_Addr *address) {
    GElf_Addr bias;
    Elf *elf = dwfl_module_getelf(module, &bias);
    size_t n;
    uint64_t offset = location->address - location->mapping->start + location->mapping->offset;
    if (!elf || elf_getphdrnum(elf, &n) != 0)
        return false;
    for (size_t i = 0; i < n; i++) {
        GElf_Phdr header;
        if (!gelf_getphdr(elf, (int)i, &header) || header.p_type != PT_LOAD)
            continue;
        if (offset < header.p_offset || offset - header.p_offset >= header.p_filesz)
            continue;
        *address = offset - header.p_offset + header.p_vaddr + bias;
        return true;
    }
    return false;
}

static const char *source_path(Symbols *symbols, Dwarf_Die *unit, const char *file) {
    Dwarf_Attribute attribute;
    const char *directory = dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute));
    return file ? keep(symbols, joined_path(directory ? directory : "", file)) : no_debug_path;
}

static long number_of(Dwarf_Die *die, unsigned name) {
    Dwarf_Attribute attribute;
    Dwarf_Word value;
    return dwarf_formudata(dwarf_attr(die, name, &attribute), &value) == 0 ? (long)value : 0;
}

static const char *called_from(Dwarf_Die *unit, Dwarf_Die *inlined) {
    Dwarf_Files *files;
    size_t n;
    long index = number_of(inlined, DW_AT_call_file);
    if (dwarf_getsrcfiles(unit, &files, &n) != 0 || index < 0 || (size_t)index >= n)
        return NULL;
    return dwarf_filesrc(files, (size_t)index, NULL, NULL);
}

static Frame *add_frame(Frames *frames, const char *module) {
    frames->all = reallocate(frames->all, (frames->n + 1) * sizeof *frames->all);
    Frame *frame = &frames->all[frames->n++];
    *frame = (Frame){.function = "", .path = no_debug_path, .module = module};
    return frame;
}

/* The line of the address itself: where the innermost frame is. */
static void place_of(Symbols *symbols, Dwarf_Die *unit, Dwarf_Addr address, Frame *frame) {
    Dwarf_Line *line = dwarf_getsrc_die(unit, address);
    int number, col;
    if (!line || dwarf_lineno(line, &number) != 0)
        return;
    frame->path = source_path(symbols, unit, dwarf_linesrc(line, NULL, NULL));
    frame->line = number;
    frame->col = dwarf_linecol(line, &col) == 0 ? col : 0;
}

/* From the scope that holds the address outwards: each function that was inlined, then the one it
 * was inlined into. */
static void add_functions(Symbols *symbols, Dwarf_Die *unit, Dwarf_Die *scopes, int nscopes,
                          Frames *frames) {
    for (int i = 0; i < nscopes; i++) {
        int tag = dwarf_tag(&scopes[i]);
        if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_subprogram)
            continue;
        const char *name = dwarf_diename(&scopes[i]);
        Frame *frame = &frames->all[frames->n - 1];
        frame->function = name ? name : "";
        if (tag == DW_TAG_subprogram)
            return;
        frame = add_frame(frames, frame->module);
        frame->path = source_path(symbols, unit, called_from(unit, &scopes[i]));
        frame->line = number_of(&scopes[i], DW_AT_call_line);
        frame->col = number_of(&scopes[i], DW_AT_call_column);
    }
}

/* ---- compilations -----------------------------------------------------------------------------
 */

static int compare_ranges(const void *a, const void *b) {
    const Range *one = a, *two = b;
    return one->start < two->start ? -1 : one->start > two->start;
}

static void add_ranges(Module *module, Dwarf_Die *unit, Dwarf_Addr bias) {
    Dwarf_Addr base, start, end;
    for (ptrdiff_t at = 0; (at = dwarf_ranges(unit, at, &base, &start, &end)) > 0;) {
        if (module->nranges == module->ranges_capacity) {
            module->ranges_capacity = module->ranges_capacity ? module->ranges_capacity * 2 : 64;
            module->ranges =
                reallocate(module->ranges, module->ranges_capacity * sizeof *module->ranges);
        }
        module->ranges[module->nranges++] = (Range){start, end, *unit, bias};
    }
}

static void read_ranges(Module *module) {
    Dwarf_Addr bias;
    for (Dwarf_Die *unit = NULL; (unit = dwfl_module_nextcu(module->dwfl, unit, &bias)) != NULL;)
        add_ranges(module, unit, bias);
    if (module->nranges)
        qsort(module->ranges, module->nranges, sizeof *module->ranges, compare_ranges);
    module->ranges_read = true;
}

/* The compilation that the address, in libdwfl's numbers, was made by; NULL: unknown. */
static Range *range_of(Module *module, Dwarf_Addr address) {
    if (!module->ranges_read)
        read_ranges(module);
    size_t low = 0, high = module->nranges;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        Range *range = &module->ranges[middle];
        if (address < range->start + range->bias)
            high = middle;
        else if (address >= range->end + range->bias)
            low = middle + 1;
        else
            return range;
    }
    return NULL;
}

/* ---- frames -----------------------------------------------------------------------------------
 */

/* The call of `scope` that returns to the address; NULL: not among its own. */
static const char *callee_in(Dwarf_Die *scope, Dwarf_Addr returns_to) {
    Dwarf_Die child, origin;
    Dwarf_Attribute attribute;
    Dwarf_Addr pc;
    if (dwarf_child(scope, &child) != 0)
        return NULL;
    do {
        bool calls = dwarf_tag(&child) == DW_TAG_call_site &&
                     dwarf_formaddr(dwarf_attr(&child, DW_AT_call_return_pc, &attribute), &pc) == 0;
        if (calls && pc == returns_to)
            return dwarf_formref_die(dwarf_attr(&child, DW_AT_call_origin, &attribute), &origin)
                       ? dwarf_diename(&origin)
                       : NULL;
    } while (dwarf_siblingof(&child, &child) == 0);
    return NULL;
}

static const char *callee_at(Dwarf_Die *scopes, int nscopes, Dwarf_Addr returns_to) {
    const char *callee = NULL;
    for (int i = 0; i < nscopes && !callee; i++)
        callee = callee_in(&scopes[i], returns_to);
    return callee;
}

static void add_debug_frames(Symbols *symbols, Module *module, Dwarf_Addr address, Frames *frames) {
    Range *range = range_of(module, address);
    Dwarf_Die *unit = range ? &range->unit : NULL, *found = NULL, *scopes = NULL;
    if (!unit)
        return;
    place_of(symbols, unit, address - range->bias, frames->all);
    int n = dwarf_getscopes(unit, address - range->bias, &found);
    /* What is found leaves an inlined function for where it was defined; asked by its entry, it
     * leaves for where it was inlined. */
    int nscopes = n > 0 ? dwarf_getscopes_die(found, &scopes) : 0;
    add_functions(symbols, unit, scopes, nscopes, frames);
    /* The profile has the byte before the return address. */
    frames->all[0].callee = callee_at(scopes, nscopes, address - range->bias + 1);
    free(scopes);
    free(found);
}

const Frames *symbols_at(Symbols *symbols, size_t index) {
    const Location *location = &symbols->profile->locations[index];
    Frames *frames = &symbols->frames[index];
    Dwarf_Addr address;
    if (frames->all)
        return frames;
    Module *module = location->mapping
                         ? &symbols->modules[location->mapping - symbols->profile->mappings]
                         : NULL;
    add_frame(frames, module ? module->name : "");
    if (!module || !module->dwfl || !address_in(module->dwfl, location, &address))
        return frames;
    add_debug_frames(symbols, module, address, frames);
    const char *symbol = dwfl_module_addrname(module->dwfl, address);
    if (!*frames->all[frames->n - 1].function && symbol)
        frames->all[frames->n - 1].function = symbol;
    return frames;
}
