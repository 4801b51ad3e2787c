"""Reads and writes safetensors files: an 8-byte length, a JSON header, then the tensors' bytes."""

import json
import struct

import numpy

_TYPES = {"F32": numpy.dtype("<f4"), "F16": numpy.dtype("<f2")}


def read(path):
    """Returns ({name: array}, metadata) of a file whose tensors are float32 or float16."""
    with open(path, "rb") as file:
        content = file.read()
    (header_bytes,) = struct.unpack_from("<Q", content)
    header = json.loads(content[8 : 8 + header_bytes])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        values = numpy.frombuffer(content[8 + header_bytes :][begin:end], _TYPES[entry["dtype"]])
        tensors[name] = values.reshape(entry["shape"])
    return tensors, metadata


def write(path, tensors, metadata):
    """Writes float16 or float32 arrays in the order given; the data begins at a multiple of 8 bytes."""
    header = {"__metadata__": metadata}
    position = 0
    for name, values in tensors.items():
        dtype = {"float16": "F16", "float32": "F32"}[str(values.dtype)]
        header[name] = {
            "dtype": dtype,
            "shape": list(values.shape),
            "data_offsets": [position, position + values.nbytes],
        }
        position += values.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for values in tensors.values():
            file.write(numpy.ascontiguousarray(values).tobytes())
