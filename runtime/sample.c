/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* sample.c - which allocations the heap profile sees (profile.h says how).
 *
 * INVARIANT  Every byte has the same chance of being the sampled one, whatever the size of its
 * allocation: the distances are exponential, so an allocation of n bytes is hit with
 * 1 - exp(-n / mean), which is what the profile divides by.
 *
 * NOT HERE  Stacks, tables, the file: the one who is attached.
 */
#include "cache.h"
#include "profile.h"
#include "sys.h"

#define INITIAL_EXEC __attribute__((tls_model("initial-exec")))

_Atomic bool escrt_profile_attached;
static const ProfileHooks *_Atomic hooks;
static _Atomic size_t mean;

/* To this thread's next sample. fast_*.S subtracts from it too, and comes here when that is not
 * enough. */
_Thread_local int64_t escrt_profile_bytes_left INITIAL_EXEC;
static _Thread_local uint64_t random_state INITIAL_EXEC;
static _Thread_local bool inside INITIAL_EXEC; /* a hook is running in this thread */

/* xorshift64*: passes for choosing samples, and is three shifts. */
static uint64_t next_random(void) {
    uint64_t x = random_state;
    if (x == 0) /* a new thread */
        x = escrt_sys_now_ns() ^ (uint64_t)escrt_sys_thread_id() << 32 ^ (uintptr_t)&random_state;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    random_state = x;
    return x * 0x2545f4914f6cdd1dull;
}

/* -ln(u) for a uniform u in (0, 1]: libm is not ours to link. u = 2^-e * m with 1 <= m < 2; the
 * series of ln(m) in (m - 1) / (m + 1) <= 1/3 is exact to 1e-5 after four terms. */
static double exponential(void) {
    uint64_t u = (next_random() >> 12) + 1; /* 1 .. 2^52 */
    int top = 63 - __builtin_clzll(u);
    double m = (double)u / (double)(1ull << top);
    double s = (m - 1) / (m + 1), q = s * s;
    double ln = 2 * s * (1 + q * (1.0 / 3 + q * (1.0 / 5 + q * (1.0 / 7))));
    return (52 - top) * 0.69314718055994531 - ln;
}

static int64_t draw(void) {
    size_t bytes = atomic_load_explicit(&mean, memory_order_relaxed);
    return bytes <= 1 ? -1 : (int64_t)((double)bytes * exponential());
}

bool escrt_profile_hit(size_t size) {
    if (random_state == 0)
        escrt_profile_bytes_left = draw();
    escrt_profile_bytes_left -= (int64_t)size;
    if (likely(escrt_profile_bytes_left >= 0) && mean > 1)
        return false;
    escrt_profile_bytes_left = draw();
    return !inside;
}

void escrt_profile_sampled(void *p, size_t size) {
    const ProfileHooks *now = atomic_load(&hooks);
    inside = true;
    if (now)
        now->sample(p, size);
    inside = false;
}

void escrt_profile_ended(void *p) {
    const ProfileHooks *now = atomic_load(&hooks);
    bool outer = inside;
    inside = true;
    if (now)
        now->freed(p);
    inside = outer;
}

void escrt_profile_attach(const ProfileHooks *new_hooks, size_t mean_bytes) {
    if (new_hooks) {
        atomic_store(&mean, max_size(mean_bytes, 1));
        atomic_store(&hooks, new_hooks);
    }
    atomic_store(&escrt_profile_attached, new_hooks != NULL);
    escrt_cache_count_allocs(new_hooks != NULL);
}
