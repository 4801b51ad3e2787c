// Replaces a part of Emscripten's runtime when the threaded builds are linked.
//
// A thread's mailbox is work that other threads leave for it. Emscripten waits for it with Atomics.waitAsync, anew whenever
// something came, and that wait holds the whole shared memory for as long as the page lives: an engine that was disposed was
// never given back. Without such a wait a message to the thread announces the work, as in browsers that lack waitAsync.
addToLibrary({
  _emscripten_thread_mailbox_await: () => {},
});
