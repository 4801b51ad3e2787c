// The part of the registrations that has a file of its own.
#pragma once

namespace headstart::wasm {

// Session's functions; after the values that they take and give.
void register_session();

}  // namespace headstart::wasm
