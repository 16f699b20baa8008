/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* pprof.c - the heap profile as a file that pprof opens: profile.proto, gzipped.
 *
 * Four values a sample, in pprof's own words: objects and bytes, allocated since the start and in
 * use. Addresses are not symbolised here; each location names its mapping, with the file and its
 * build id, so that pprof finds the functions on any machine that has the binaries.
 *
 * The message is written as it is made: the parts of a protocol buffer may come in any order, and
 * each part fits in a buffer on the stack. nanopb's encoder knows how a field is laid out; the
 * numbers of the fields are here, because a generated table of them would make the build need
 * protoc and Python.
 *
 * NOT HERE  Sampling (sample.c), the table of sites (sites.c), the gzip format (gzip.c).
 */
#include "pprof.h"

#ifndef ESCRT_NO_PPROF

#include "gzip.h"
#include "maps.h"
#include "sites.h"
#include "stack.h"
#include "sys.h"

#include <pb_encode.h>
#include <string.h>
#include <time.h>

/* Field numbers of profile.proto. */
enum {
    PROFILE_SAMPLE_TYPE = 1,
    PROFILE_SAMPLE = 2,
    PROFILE_MAPPING = 3,
    PROFILE_LOCATION = 4,
    PROFILE_STRING_TABLE = 6,
    PROFILE_DROP_FRAMES = 7,
    PROFILE_TIME_NANOS = 9,
    PROFILE_PERIOD_TYPE = 11,
    PROFILE_PERIOD = 12,
    PROFILE_DEFAULT_SAMPLE_TYPE = 14,
    VALUE_TYPE_TYPE = 1,
    VALUE_TYPE_UNIT = 2,
    SAMPLE_LOCATION_ID = 1,
    SAMPLE_VALUE = 2,
    MAPPING_ID = 1,
    MAPPING_START = 2,
    MAPPING_LIMIT = 3,
    MAPPING_OFFSET = 4,
    MAPPING_FILENAME = 5,
    MAPPING_BUILD_ID = 6,
    LOCATION_ID = 1,
    LOCATION_MAPPING = 2,
    LOCATION_ADDRESS = 3,
};

/* The strings that are always there, by index; then two for each mapping: file and build id. */
enum {
    NOTHING,
    ALLOC_OBJECTS,
    ALLOC_SPACE,
    INUSE_OBJECTS,
    INUSE_SPACE,
    COUNT,
    BYTES,
    SPACE,
    DROP,
    NSTRINGS
};

static const char *const strings[NSTRINGS] = {
    [NOTHING] = "",
    [ALLOC_OBJECTS] = "alloc_objects",
    [ALLOC_SPACE] = "alloc_space",
    [INUSE_OBJECTS] = "inuse_objects",
    [INUSE_SPACE] = "inuse_space",
    [COUNT] = "count",
    [BYTES] = "bytes",
    [SPACE] = "space",
    /* In a statically linked program our own frames are among the program's. */
    [DROP] =
        ("escrt_.*|malloc|calloc|realloc|reallocarray|memalign|posix_memalign|aligned_alloc|valloc|"
         "pvalloc|operator new(\\[\\])?.*")};

/* A varint has ten bytes at most; a sample is its frames, four values and the lengths before them.
 */
enum { VARINT = 10, PART_BYTES = (UNWIND_DEPTH + 16) * VARINT };

typedef struct Writer {
    Gzip gzip;
    pb_ostream_t stream; /* into gzip */
    Maps maps;
    uintptr_t *seen; /* addresses whose location is written: open addressing, a power of two */
    size_t seen_slots;
} Writer;

/* A part: a message inside the profile, whose length must be known before it. */
typedef struct Part {
    pb_ostream_t stream;
    pb_byte_t bytes[PART_BYTES];
} Part;

static bool put_gzip(pb_ostream_t *stream, const pb_byte_t *bytes, size_t length) {
    escrt_gzip_put(stream->state, bytes, length);
    return true;
}

static void start_part(Part *part) {
    part->stream = pb_ostream_from_buffer(part->bytes, PART_BYTES);
}

static void put_number(pb_ostream_t *stream, uint32_t field, uint64_t value) {
    if (value == 0) /* the default, which is left out */
        return;
    pb_encode_tag(stream, PB_WT_VARINT, field);
    pb_encode_varint(stream, value);
}

static void put_bytes(pb_ostream_t *stream, uint32_t field, const void *bytes, size_t length) {
    pb_encode_tag(stream, PB_WT_STRING, field);
    pb_encode_string(stream, bytes, length);
}

static void end_part(Writer *writer, uint32_t field, const Part *part) {
    put_bytes(&writer->stream, field, part->bytes, part->stream.bytes_written);
}

static void write_type(Writer *writer, uint32_t field, uint64_t type, uint64_t unit) {
    Part part;
    start_part(&part);
    put_number(&part.stream, VALUE_TYPE_TYPE, type);
    put_number(&part.stream, VALUE_TYPE_UNIT, unit);
    end_part(writer, field, &part);
}

static void write_head(Writer *writer) {
    struct timespec now = {0};
    write_type(writer, PROFILE_SAMPLE_TYPE, ALLOC_OBJECTS, COUNT);
    write_type(writer, PROFILE_SAMPLE_TYPE, ALLOC_SPACE, BYTES);
    write_type(writer, PROFILE_SAMPLE_TYPE, INUSE_OBJECTS, COUNT);
    write_type(writer, PROFILE_SAMPLE_TYPE, INUSE_SPACE, BYTES);
    write_type(writer, PROFILE_PERIOD_TYPE, SPACE, BYTES);
    put_number(&writer->stream, PROFILE_PERIOD, escrt_sites_mean());
    put_number(&writer->stream, PROFILE_DEFAULT_SAMPLE_TYPE, INUSE_SPACE);
    put_number(&writer->stream, PROFILE_DROP_FRAMES, DROP);
    clock_gettime(CLOCK_REALTIME, &now);
    put_number(&writer->stream, PROFILE_TIME_NANOS,
               (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec);
}

/* Ids begin with 1; every mapping has one, the ones without code too, which are not written. */
static uint64_t mapping_id(const Writer *writer, const Mapping *mapping) {
    return mapping ? (uint64_t)(mapping - writer->maps.mappings) + 1 : 0;
}

static void write_mapping(Writer *writer, size_t index) {
    const Mapping *mapping = &writer->maps.mappings[index];
    Part part;
    start_part(&part);
    put_number(&part.stream, MAPPING_ID, mapping_id(writer, mapping));
    put_number(&part.stream, MAPPING_START, mapping->start);
    put_number(&part.stream, MAPPING_LIMIT, mapping->end);
    put_number(&part.stream, MAPPING_OFFSET, mapping->offset);
    put_number(&part.stream, MAPPING_FILENAME, NSTRINGS + 2 * index);
    put_number(&part.stream, MAPPING_BUILD_ID, NSTRINGS + 2 * index + 1);
    end_part(writer, PROFILE_MAPPING, &part);
}

static bool has_code(const Mapping *mapping) {
    return mapping->executable && mapping->path[0];
}

/* A string for every mapping, "" where it is not written, so that an index is easy to know. */
static void write_mappings(Writer *writer) {
    for (size_t i = 0; i < NSTRINGS; i++)
        put_bytes(&writer->stream, PROFILE_STRING_TABLE, strings[i], strlen(strings[i]));
    for (size_t i = 0; i < writer->maps.count; i++) {
        const Mapping *mapping = &writer->maps.mappings[i];
        char build_id[BUILD_ID_TEXT] = "";
        const char *path = has_code(mapping) ? mapping->path : "";
        if (has_code(mapping)) {
            write_mapping(writer, i);
            escrt_maps_build_id(escrt_maps_first(&writer->maps, mapping), build_id);
        }
        put_bytes(&writer->stream, PROFILE_STRING_TABLE, path, strlen(path));
        put_bytes(&writer->stream, PROFILE_STRING_TABLE, build_id, strlen(build_id));
    }
}

/* Was the address not seen before? The table has twice as many slots as there are frames. */
static bool is_new(Writer *writer, uintptr_t address) {
    size_t slot =
        (size_t)((uint64_t)address * 0x9e3779b97f4a7c15u >> 20) & (writer->seen_slots - 1);
    while (writer->seen[slot] && writer->seen[slot] != address)
        slot = (slot + 1) & (writer->seen_slots - 1);
    if (writer->seen[slot])
        return false;
    writer->seen[slot] = address;
    return true;
}

/* A return address is the instruction after the call, maybe another line or another function: the
 * byte before it lies in the call. The address also serves as the location's id. */
static uint64_t in_the_call(uintptr_t return_address) {
    return return_address - 1;
}

static void write_location(Writer *writer, uint64_t address) {
    const Mapping *mapping = escrt_maps_find(&writer->maps, (uintptr_t)address);
    Part part;
    start_part(&part);
    put_number(&part.stream, LOCATION_ID, address);
    put_number(&part.stream, LOCATION_MAPPING,
               mapping && has_code(mapping) ? mapping_id(writer, mapping) : 0);
    put_number(&part.stream, LOCATION_ADDRESS, address);
    end_part(writer, PROFILE_LOCATION, &part);
}

/* Packed: all numbers of the field in one string. Inside a part that is a buffer of its own. */
static void put_packed(pb_ostream_t *stream, uint32_t field, const uint64_t *values, size_t count) {
    pb_byte_t bytes[UNWIND_DEPTH * VARINT];
    pb_ostream_t packed = pb_ostream_from_buffer(bytes, sizeof bytes);
    for (size_t i = 0; i < count; i++)
        pb_encode_varint(&packed, values[i]);
    put_bytes(stream, field, bytes, packed.bytes_written);
}

static void write_sample(Writer *writer, const Site *site) {
    InUse in_use = escrt_site_in_use(site);
    uint64_t ids[UNWIND_DEPTH];
    uint64_t values[] = {tally_objects(&site->allocated), atomic_load(&site->allocated.bytes),
                         in_use.objects, in_use.bytes};
    Part part;
    start_part(&part);
    for (size_t i = 0; i < site->depth; i++)
        ids[i] = in_the_call(site->frames[i]);
    put_packed(&part.stream, SAMPLE_LOCATION_ID, ids, site->depth);
    put_packed(&part.stream, SAMPLE_VALUE, values, sizeof values / sizeof *values);
    end_part(writer, PROFILE_SAMPLE, &part);
}

static bool make_seen(Writer *writer, const Site *newest) {
    size_t nframes = 0;
    for (const Site *site = newest; site; site = site->next)
        nframes += site->depth;
    writer->seen_slots = 512;
    while (writer->seen_slots < 2 * nframes)
        writer->seen_slots *= 2;
    writer->seen = escrt_sys_map(writer->seen_slots * sizeof *writer->seen);
    return writer->seen != NULL;
}

static void write_all(Writer *writer, const Site *newest) {
    write_head(writer);
    write_mappings(writer);
    for (const Site *site = newest; site; site = site->next) {
        for (size_t i = 0; i < site->depth; i++)
            if (is_new(writer, site->frames[i]))
                write_location(writer, in_the_call(site->frames[i]));
        write_sample(writer, site);
    }
}

bool escrt_pprof_write(int fd) {
    /* Its block is too large for the stack of the thread that may call this. */
    Writer *writer = escrt_sys_map(sizeof *writer);
    const Site *newest = escrt_sites_first(); /* what comes later is for the next file */
    if (!writer)
        return false;
    bool made = escrt_maps_read(&writer->maps) && make_seen(writer, newest);
    if (made) {
        escrt_gzip_start(&writer->gzip, fd);
        writer->stream =
            (pb_ostream_t){.callback = put_gzip, .state = &writer->gzip, .max_size = SIZE_MAX};
        write_all(writer, newest);
        escrt_gzip_end(&writer->gzip);
        escrt_sys_unmap(writer->seen, writer->seen_slots * sizeof *writer->seen);
    }
    escrt_maps_drop(&writer->maps);
    escrt_sys_unmap(writer, sizeof *writer);
    return made;
}

#else

bool escrt_pprof_write(int fd) {
    (void)fd;
    return false;
}

#endif
