# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154 # compiler, flags, here: the scripts
# renamed.sh - the runtime as one object whose entries have other names (rt_malloc, ...), for tools that bring a malloc.
#
# Sourced by test_sanitized and test_helgrind, with $compiler, flags=(...) and, where it is wanted, flags_for FILE. The
# tests are compiled with "${defined[@]}" and call the new names; what the C library allocates comes from the tool.

entries=(malloc calloc realloc reallocarray free cfree memalign posix_memalign aligned_alloc valloc pvalloc
    malloc_usable_size free_sized free_aligned_sized malloc_trim mallinfo mallinfo2 malloc_info mallopt)
defined=()
for entry in "${entries[@]}"; do
    defined+=("-D$entry=rt_$entry")
done

# build_renamed DIRECTORY: leaves runtime.o there.
build_renamed() {
    local source entry more=() renamed=() operators
    for source in "$here"/../*.[cS]; do
        ! declare -F flags_for >/dev/null || mapfile -t more < <(flags_for "$source")
        "$compiler" -std=c11 -fPIC -DESCRT_NO_PPROF "${flags[@]}" "${more[@]}" -I"$here/../include" -c "$source" \
            -o "$1/rt-$(basename "${source%.?}").o"
    done
    ld -r -o "$1/runtime.o" "$1"/rt-*.o
    for entry in "${entries[@]}"; do
        renamed+=(--redefine-sym "$entry=rt_$entry")
    done
    # The operators new and delete stay out: the tool has its own.
    mapfile -t operators < <(nm -g --defined-only "$1/runtime.o" | awk '$3 ~ /^_Z(n|d)[wal]/ { print "--localize-symbol=" $3 }')
    objcopy "${renamed[@]}" "${operators[@]}" "$1/runtime.o"
}
