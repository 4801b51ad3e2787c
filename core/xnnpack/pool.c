// The threads behind XNNPACK's operators, in the place of pthreadpool's own pthreads.c: that one waits after
// each operator until every worker has reported back, even one that the system has not let run at all. A
// network of 60 operators so waits 60 times for a processor that is busy elsewhere: a frame of 1 ms took 50.
// Here the caller works through all that is left and waits only for workers that are in the middle of an
// item.
//
// The split of the work and the stealing of items are pthreadpool's (portable-api.c); both take items one at
// a time through atomic counters, so that it does not matter who comes, or when.
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <fxdiv.h>
#include <pthreadpool.h>

#include "threadpool-atomics.h"
#include "threadpool-common.h"
#include "threadpool-object.h"
#include "threadpool-utils.h"

// threadpool->command is one word, changed only by atomic operations. Its lowest byte counts the workers that
// are in the job.
#define WORKERS_MASK UINT32_C(0xFF)
// Workers may enter. While it is closed and nobody is in it, the caller alone owns the pool.
#define OPEN (UINT32_C(1) << 8)
// The caller sleeps until the last worker leaves.
#define CALLER_SLEEPS (UINT32_C(1) << 9)
#define SHUTDOWN (UINT32_C(1) << 10)
// From here up the job's number, so that a worker enters each job once.
#define JOB_STEP (UINT32_C(1) << 11)

// threadpool->active_threads counts workers that sleep and have not been called yet; it grows under
// command_mutex.

// About 0.1 ms: longer than the way from one operator to the next, far shorter than a frame.
#define SPIN_COUNT 10000
// Frames that follow one another without a pause, as when many pictures are embedded, are a few ms apart at
// the most: a worker that was called again so soon stays awake as long the next time, for a sleeper comes
// back 0.1 ms late, or 10 on a virtual machine. With a camera's pauses of 30 ms it goes on sleeping.
#define SOON_NS INT64_C(3000000)

static uint32_t job_of(uint32_t word) {
  return word & ~(JOB_STEP - 1);
}

static bool has_news(uint32_t word, uint32_t last_job) {
  return (word & SHUTDOWN) != 0 || ((word & OPEN) != 0 && job_of(word) != last_job);
}

static void sleep_until_called(struct pthreadpool* pool, uint32_t last_job) {
  pthread_mutex_lock(&pool->command_mutex);
  // First the count, then the look; the caller first opens the job, then looks at the count.
  atomic_fetch_add(&pool->active_threads, 1);
  if (has_news(atomic_load(&pool->command), last_job)) {
    const size_t count = atomic_load(&pool->active_threads);
    if (count > 0) atomic_store(&pool->active_threads, count - 1);
  } else {
    pthread_cond_wait(&pool->command_condvar, &pool->command_mutex);
  }
  pthread_mutex_unlock(&pool->command_mutex);
}

static void call_sleepers(struct pthreadpool* pool) {
  if (atomic_load(&pool->active_threads) == 0) return;
  pthread_mutex_lock(&pool->command_mutex);
  atomic_store(&pool->active_threads, 0);
  pthread_cond_broadcast(&pool->command_condvar);
  pthread_mutex_unlock(&pool->command_mutex);
}

static int64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

// Whether `word`, the last that was read, has news after at most `count` looks.
static bool spin_for_news(struct pthreadpool* pool, uint32_t last_job, uint32_t count, uint32_t* word) {
  for (; count != 0; count--) {
    *word = atomic_load_explicit(&pool->command, memory_order_acquire);
    if (has_news(*word, last_job)) return true;
    pthreadpool_yield();
  }
  return false;
}

// Returns a word that has news. `was_soon` is the worker's own: whether its last wait was short.
static uint32_t wait_for_news(struct pthreadpool* pool, uint32_t last_job, bool may_spin, bool* was_soon) {
  uint32_t word = 0;
  if (spin_for_news(pool, last_job, may_spin ? SPIN_COUNT : 1, &word)) return word;
  const int64_t end_ns = now_ns() + SOON_NS;
  while (may_spin && *was_soon && now_ns() < end_ns) {
    if (spin_for_news(pool, last_job, SPIN_COUNT / 10, &word)) return word;
  }
  do {
    sleep_until_called(pool, last_job);
  } while (!spin_for_news(pool, last_job, SPIN_COUNT, &word));
  *was_soon = now_ns() < end_ns;
  return word;
}

static void leave_job(struct pthreadpool* pool) {
  const uint32_t before = atomic_fetch_sub(&pool->command, 1);
  if ((before & CALLER_SLEEPS) == 0 || (before & WORKERS_MASK) != 1) return;
  pthread_mutex_lock(&pool->completion_mutex);
  pthread_cond_signal(&pool->completion_condvar);
  pthread_mutex_unlock(&pool->completion_mutex);
}

static void* worker_main(void* argument) {
  struct thread_info* thread = argument;
  struct pthreadpool* pool = thread->threadpool;
  uint32_t last_job = 0;
  bool may_spin = true;
  bool was_soon = false;
  for (;;) {
    uint32_t word = wait_for_news(pool, last_job, may_spin, &was_soon);
    if ((word & SHUTDOWN) != 0) return NULL;
    // Fails where the job was closed meanwhile: its fields may be about to change.
    if (!atomic_compare_exchange_strong(&pool->command, &word, word + 1)) continue;
    last_job = job_of(word);
    const thread_function_t work = (thread_function_t)pthreadpool_load_relaxed_void_p(&pool->thread_function);
    const uint32_t flags = pthreadpool_load_relaxed_uint32_t(&pool->flags);
    struct fpu_state saved = {0};
    if (flags & PTHREADPOOL_FLAG_DISABLE_DENORMALS) {
      saved = get_fpu_state();
      disable_fpu_denormals();
    }
    work(pool, thread);
    if (flags & PTHREADPOOL_FLAG_DISABLE_DENORMALS) set_fpu_state(saved);
    may_spin = (flags & PTHREADPOOL_FLAG_YIELD_WORKERS) == 0;
    leave_job(pool);
  }
}

static void wait_for_workers(struct pthreadpool* pool) {
  for (uint32_t i = SPIN_COUNT; i != 0; i--) {
    if ((atomic_load_explicit(&pool->command, memory_order_acquire) & WORKERS_MASK) == 0) return;
    pthreadpool_yield();
  }
  pthread_mutex_lock(&pool->completion_mutex);
  atomic_fetch_or(&pool->command, CALLER_SLEEPS);
  while ((atomic_load(&pool->command) & WORKERS_MASK) != 0) {
    pthread_cond_wait(&pool->completion_condvar, &pool->completion_mutex);
  }
  atomic_fetch_and(&pool->command, ~CALLER_SLEEPS);
  pthread_mutex_unlock(&pool->completion_mutex);
}

static void divide_range(struct pthreadpool* pool, size_t range) {
  const struct fxdiv_result_size_t share = fxdiv_divide_size_t(range, pool->threads_count);
  size_t start = 0;
  for (size_t i = 0; i < pool->threads_count.value; i++) {
    struct thread_info* thread = &pool->threads[i];
    const size_t length = share.quotient + (i < share.remainder ? 1 : 0);
    pthreadpool_store_relaxed_size_t(&thread->range_start, start);
    pthreadpool_store_relaxed_size_t(&thread->range_end, start + length);
    pthreadpool_store_relaxed_size_t(&thread->range_length, length);
    start += length;
  }
}

PTHREADPOOL_INTERNAL void pthreadpool_parallelize(struct pthreadpool* pool, thread_function_t work,
                                                  const void* params, size_t params_size, void* task,
                                                  void* context, size_t range, uint32_t flags) {
  assert(pool != NULL && work != NULL && task != NULL && range > 1);
  pthread_mutex_lock(&pool->execution_mutex);
  pthreadpool_store_relaxed_void_p(&pool->thread_function, (void*)work);
  pthreadpool_store_relaxed_void_p(&pool->task, task);
  pthreadpool_store_relaxed_void_p(&pool->argument, context);
  pthreadpool_store_relaxed_uint32_t(&pool->flags, flags);
  if (params_size != 0) memcpy(&pool->params, params, params_size);
  divide_range(pool, range);

  const uint32_t before = atomic_load_explicit(&pool->command, memory_order_relaxed);
  atomic_store(&pool->command, (job_of(before) + JOB_STEP) | OPEN);
  call_sleepers(pool);

  struct fpu_state saved = {0};
  if (flags & PTHREADPOOL_FLAG_DISABLE_DENORMALS) {
    saved = get_fpu_state();
    disable_fpu_denormals();
  }
  work(pool, &pool->threads[0]);
  if (flags & PTHREADPOOL_FLAG_DISABLE_DENORMALS) set_fpu_state(saved);

  atomic_fetch_and(&pool->command, ~OPEN);
  wait_for_workers(pool);
  pthread_mutex_unlock(&pool->execution_mutex);
}

struct pthreadpool* pthreadpool_create(size_t thread_count) {
  if (thread_count == 0 || thread_count > WORKERS_MASK) return NULL;
  struct pthreadpool* pool = pthreadpool_allocate(thread_count);
  if (pool == NULL) return NULL;
  pthread_mutex_init(&pool->execution_mutex, NULL);
  pthread_mutex_init(&pool->completion_mutex, NULL);
  pthread_cond_init(&pool->completion_condvar, NULL);
  pthread_mutex_init(&pool->command_mutex, NULL);
  pthread_cond_init(&pool->command_condvar, NULL);
  // Before a worker looks at it: a worker reads the number of threads only in a job, hence never too early.
  size_t started = 1;  // the caller
  for (; started < thread_count; started++) {
    struct thread_info* thread = &pool->threads[started];
    thread->thread_number = started;
    thread->threadpool = pool;
    if (pthread_create(&thread->thread_object, NULL, &worker_main, thread) != 0) break;
  }
  pool->threads[0].threadpool = pool;
  pool->threads_count = fxdiv_init_size_t(started);
  return pool;
}

void pthreadpool_destroy(struct pthreadpool* pool) {
  if (pool == NULL) return;
  atomic_fetch_or(&pool->command, SHUTDOWN);
  call_sleepers(pool);
  for (size_t i = 1; i < pool->threads_count.value; i++) pthread_join(pool->threads[i].thread_object, NULL);
  pthread_mutex_destroy(&pool->execution_mutex);
  pthread_mutex_destroy(&pool->completion_mutex);
  pthread_cond_destroy(&pool->completion_condvar);
  pthread_mutex_destroy(&pool->command_mutex);
  pthread_cond_destroy(&pool->command_condvar);
  pthreadpool_deallocate(pool);
}
