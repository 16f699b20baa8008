/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* profile.c - see profile.h.
 *
 * zlib unpacks, nanopb's decoder knows how a field is laid out; the numbers of the fields are here,
 * as the encoder's are in runtime/pprof.c. The parts of the message come in any order, so what one
 * part says of another (by index or id) is looked up when all have been read.
 *
 * INVARIANT  After profile_read every index and pointer is inside its array, whatever the file
 * said.
 */
#include "profile.h"

#include "command.h"

#include <errno.h>
#include <pb_decode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

/* Field numbers of profile.proto. */
enum {
    PROFILE_SAMPLE_TYPE = 1,
    PROFILE_SAMPLE = 2,
    PROFILE_MAPPING = 3,
    PROFILE_LOCATION = 4,
    PROFILE_STRING_TABLE = 6,
    PROFILE_DROP_FRAMES = 7,
    PROFILE_PERIOD = 12,
    VALUE_TYPE_TYPE = 1,
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

/* The values of a sample, by the names of their types. */
static const char *const value_names[] = {"alloc_objects", "alloc_space", "inuse_objects",
                                          "inuse_space"};
enum { VALUES = sizeof value_names / sizeof *value_names, MOST_BYTES = 1 << 30 };

typedef struct Numbers {
    uint64_t *all;
    size_t n, capacity;
} Numbers;

/* What the file said, before anything is looked up. */
typedef struct Raw {
    Numbers types;     /* of each value: string */
    Numbers strings;   /* of each string: offset and length in `text` */
    Numbers mappings;  /* six each: id, start, limit, offset, file, build id */
    Numbers locations; /* three each: id, mapping, address */
    Numbers samples;   /* four each: first and number in `ids`, first and number in `values` */
    Numbers ids, values;
    uint64_t period, drop_frames;
    const char *text;
} Raw;

static void push(Numbers *numbers, uint64_t number) {
    if (numbers->n == numbers->capacity) {
        numbers->capacity = numbers->capacity ? numbers->capacity * 2 : 64;
        numbers->all = reallocate(numbers->all, numbers->capacity * sizeof *numbers->all);
    }
    numbers->all[numbers->n++] = number;
}

/* ---- bytes ----------------------------------------------------------------------------------- */

static void unpack(const char *path, gzFile file, Text *text) {
    char part[1 << 16];
    int n;
    while ((n = gzread(file, part, sizeof part)) > 0) {
        text_add(text, part, (size_t)n);
        if (text->length > MOST_BYTES)
            trouble("%s is larger than any heap profile", path);
    }
    int code;
    const char *why = gzerror(file, &code);
    if (n < 0)
        trouble("cannot read %s: %s", path, code == Z_ERRNO ? strerror(errno) : why);
    /* zlib calls a stream that ends too early a good one when it has given all that was there. */
    if (gzclose_r(file) == Z_BUF_ERROR)
        trouble("cannot read %s: it is cut off", path);
}

static Text read_profile_bytes(const char *path) {
    Text text = {0};
    errno = 0;
    gzFile file = strcmp(path, "-") == 0 ? gzdopen(dup(STDIN_FILENO), "rb") : gzopen(path, "rb");
    if (!file)
        trouble("cannot read %s: %s", path, errno ? strerror(errno) : "out of memory");
    text_add(&text, "", 0);
    unpack(path, file, &text);
    return text;
}

/* ---- fields ---------------------------------------------------------------------------------- */

typedef bool PartReader(Raw *raw, pb_istream_t *part);

static bool read_part(Raw *raw, pb_istream_t *in, PartReader *reader) {
    pb_istream_t part;
    if (!pb_make_string_substream(in, &part))
        return false;
    bool read = reader(raw, &part);
    return pb_close_string_substream(in, &part) && read;
}

/* A message of numbers: those of fields 1 to n, 0 where there is none, to `out`. */
static bool read_numbers(pb_istream_t *in, Numbers *out, uint32_t n) {
    pb_wire_type_t type;
    uint32_t field;
    bool end;
    size_t first = out->n;
    for (uint32_t i = 0; i < n; i++)
        push(out, 0);
    while (pb_decode_tag(in, &type, &field, &end)) {
        if (field >= 1 && field <= n && type == PB_WT_VARINT) {
            if (!pb_decode_varint(in, &out->all[first + field - 1]))
                return false;
        } else if (!pb_skip_field(in, type)) {
            return false;
        }
    }
    return end;
}

static bool read_type(Raw *raw, pb_istream_t *in) {
    return read_numbers(in, &raw->types, VALUE_TYPE_TYPE);
}

static bool read_mapping(Raw *raw, pb_istream_t *in) {
    return read_numbers(in, &raw->mappings, MAPPING_BUILD_ID);
}

static bool read_location(Raw *raw, pb_istream_t *in) {
    return read_numbers(in, &raw->locations, LOCATION_ADDRESS);
}

/* A repeated number: one of them, or packed into a string. */
static bool read_repeated(pb_istream_t *in, pb_wire_type_t type, Numbers *out) {
    uint64_t number;
    if (type == PB_WT_VARINT) {
        if (!pb_decode_varint(in, &number))
            return false;
        push(out, number);
        return true;
    }
    pb_istream_t packed;
    if (type != PB_WT_STRING || !pb_make_string_substream(in, &packed))
        return false;
    while (packed.bytes_left > 0) {
        if (!pb_decode_varint(&packed, &number))
            return false;
        push(out, number);
    }
    return pb_close_string_substream(in, &packed);
}

static bool read_sample(Raw *raw, pb_istream_t *in) {
    pb_wire_type_t type;
    uint32_t field;
    bool end;
    size_t ids = raw->ids.n, values = raw->values.n;
    while (pb_decode_tag(in, &type, &field, &end)) {
        bool read = field == SAMPLE_LOCATION_ID ? read_repeated(in, type, &raw->ids)
                    : field == SAMPLE_VALUE     ? read_repeated(in, type, &raw->values)
                                                : pb_skip_field(in, type);
        if (!read)
            return false;
    }
    push(&raw->samples, ids);
    push(&raw->samples, raw->ids.n - ids);
    push(&raw->samples, values);
    push(&raw->samples, raw->values.n - values);
    return end;
}

/* Only where it stands: `in` reads from raw->text. */
static bool read_string(Raw *raw, pb_istream_t *in) {
    const char *bytes = in->state;
    push(&raw->strings, (uint64_t)(bytes - raw->text));
    push(&raw->strings, in->bytes_left);
    return pb_read(in, NULL, in->bytes_left);
}

static bool read_field(Raw *raw, pb_istream_t *in, pb_wire_type_t type, uint32_t field) {
    static PartReader *const parts[] = {
        [PROFILE_SAMPLE_TYPE] = read_type,    [PROFILE_SAMPLE] = read_sample,
        [PROFILE_MAPPING] = read_mapping,     [PROFILE_LOCATION] = read_location,
        [PROFILE_STRING_TABLE] = read_string,
    };
    if (field < sizeof parts / sizeof *parts && parts[field])
        return type == PB_WT_STRING && read_part(raw, in, parts[field]);
    if (field == PROFILE_PERIOD && type == PB_WT_VARINT)
        return pb_decode_varint(in, &raw->period);
    if (field == PROFILE_DROP_FRAMES && type == PB_WT_VARINT)
        return pb_decode_varint(in, &raw->drop_frames);
    return pb_skip_field(in, type);
}

static bool read_message(Raw *raw, const Text *text) {
    pb_istream_t in = pb_istream_from_buffer((const pb_byte_t *)text->bytes, text->length);
    pb_wire_type_t type;
    uint32_t field;
    bool end;
    raw->text = text->bytes;
    while (pb_decode_tag(&in, &type, &field, &end))
        if (!read_field(raw, &in, type, field))
            return false;
    return end;
}

/* ---- what belongs together ------------------------------------------------------------------- */

static char *string_at(const Raw *raw, uint64_t index) {
    if (index >= raw->strings.n / 2)
        return copy_text("");
    size_t length = (size_t)raw->strings.all[2 * index + 1];
    char *text = allocate(length + 1);
    return memcpy(text, raw->text + raw->strings.all[2 * index], length);
}

static void take_mappings(Profile *profile, const Raw *raw) {
    profile->nmappings = raw->mappings.n / MAPPING_BUILD_ID;
    profile->mappings = allocate(profile->nmappings * sizeof *profile->mappings);
    for (size_t i = 0; i < profile->nmappings; i++) {
        const uint64_t *said = raw->mappings.all + i * MAPPING_BUILD_ID;
        profile->mappings[i] = (Mapping){
            .id = said[MAPPING_ID - 1],
            .start = said[MAPPING_START - 1],
            .limit = said[MAPPING_LIMIT - 1],
            .offset = said[MAPPING_OFFSET - 1],
            .file = string_at(raw, said[MAPPING_FILENAME - 1]),
            .build_id = string_at(raw, said[MAPPING_BUILD_ID - 1]),
        };
    }
}

static const Mapping *mapping_with(const Profile *profile, uint64_t id) {
    for (size_t i = 0; id && i < profile->nmappings; i++)
        if (profile->mappings[i].id == id)
            return &profile->mappings[i];
    return NULL;
}

static int compare_locations(const void *a, const void *b) {
    const Location *one = a, *two = b;
    return one->id < two->id ? -1 : one->id > two->id;
}

static void take_locations(Profile *profile, const Raw *raw) {
    profile->nlocations = raw->locations.n / LOCATION_ADDRESS;
    profile->locations = allocate(profile->nlocations * sizeof *profile->locations);
    for (size_t i = 0; i < profile->nlocations; i++) {
        const uint64_t *said = raw->locations.all + i * LOCATION_ADDRESS;
        profile->locations[i] = (Location){
            .id = said[LOCATION_ID - 1],
            .address = said[LOCATION_ADDRESS - 1],
            .mapping = mapping_with(profile, said[LOCATION_MAPPING - 1]),
        };
    }
    if (profile->nlocations)
        qsort(profile->locations, profile->nlocations, sizeof *profile->locations,
              compare_locations);
}

/* The index of each of our values among the file's; false: it has other ones. */
static bool find_values(const Raw *raw, size_t column[VALUES]) {
    for (size_t v = 0; v < VALUES; v++) {
        bool found = false;
        for (size_t i = 0; i < raw->types.n && !found; i++) {
            char *name = string_at(raw, raw->types.all[i]);
            found = strcmp(name, value_names[v]) == 0;
            column[v] = i;
            free(name);
        }
        if (!found)
            return false;
    }
    return true;
}

static bool take_stack(Profile *profile, const Raw *raw, const uint64_t said[4],
                       const size_t column[VALUES]) {
    Stack *stack = &profile->stacks[profile->nstacks++];
    int64_t values[VALUES];
    *stack = (Stack){.locations = allocate(said[1] * sizeof *stack->locations)};
    for (size_t i = 0; i < said[1]; i++) {
        Location key = {.id = raw->ids.all[said[0] + i]}, *found = NULL;
        if (profile->nlocations)
            found = bsearch(&key, profile->locations, profile->nlocations, sizeof key,
                            compare_locations);
        if (!found)
            return false;
        stack->locations[stack->nlocations++] = (size_t)(found - profile->locations);
    }
    for (size_t v = 0; v < VALUES; v++) {
        if (column[v] >= said[3])
            return false;
        values[v] = (int64_t)raw->values.all[said[2] + column[v]];
    }
    stack->amount = (Amount){values[0], values[1], values[2], values[3]};
    amount_add(&profile->total, &stack->amount);
    return true;
}

static bool take_stacks(Profile *profile, const Raw *raw, const size_t column[VALUES]) {
    size_t n = raw->samples.n / 4;
    profile->stacks = allocate(n * sizeof *profile->stacks);
    for (size_t i = 0; i < n; i++)
        if (!take_stack(profile, raw, raw->samples.all + 4 * i, column))
            return false;
    return true;
}

static void free_raw(Raw *raw) {
    Numbers *all[] = {&raw->types,   &raw->strings, &raw->mappings, &raw->locations,
                      &raw->samples, &raw->ids,     &raw->values};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]->all);
}

void profile_read(Profile *profile, const char *path) {
    Text text = read_profile_bytes(path);
    Raw raw = {0};
    size_t column[VALUES];
    *profile = (Profile){0};
    if (text.length == 0)
        trouble("%s is empty: the program wrote no profile", path);
    if (!read_message(&raw, &text) || !find_values(&raw, column))
        trouble("%s is no heap profile of libescapement (ESCAPEMENT_PROFILE=FILE writes one)",
                path);
    take_mappings(profile, &raw);
    take_locations(profile, &raw);
    if (!take_stacks(profile, &raw, column))
        trouble("%s is damaged: a sample names what is not there", path);
    profile->period = (int64_t)raw.period;
    profile->drop_frames = string_at(&raw, raw.drop_frames);
    free_raw(&raw);
    text_free(&text);
    if (profile->total.alloc_objects <= 0)
        trouble("%s holds no allocation: the program allocated too little to be sampled "
                "(ESCAPEMENT_PROFILE_RATE=1 takes every allocation)",
                path);
}

void profile_free(Profile *profile) {
    for (size_t i = 0; i < profile->nmappings; i++) {
        free(profile->mappings[i].file);
        free(profile->mappings[i].build_id);
    }
    for (size_t i = 0; i < profile->nstacks; i++)
        free(profile->stacks[i].locations);
    free(profile->mappings);
    free(profile->locations);
    free(profile->stacks);
    free(profile->drop_frames);
    *profile = (Profile){0};
}

void amount_add(Amount *sum, const Amount *more) {
    sum->alloc_objects += more->alloc_objects;
    sum->alloc_bytes += more->alloc_bytes;
    sum->inuse_objects += more->inuse_objects;
    sum->inuse_bytes += more->inuse_bytes;
}
