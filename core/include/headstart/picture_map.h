// A map of all pictures: a plane on which those lie together that the network takes for alike.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "headstart/compute.h"
#include "headstart/status.h"

namespace headstart {

enum class MapAxes : std::uint8_t {
  kDiscriminants,  // along what tells the classes apart
  kPrincipal,      // along what differs most, whatever the classes are
};

// What there is to be drawn, each picture a row of features.
struct MappedPictures {
  std::span<const float> features;               // [row_count, sum of map_sizes]
  std::span<const std::size_t> map_sizes;        // the last one is that of the network's last layer
  std::span<const std::uint32_t> class_indices;  // [row_count]
  std::size_t class_count = 0;
};

struct PictureMap {
  MapAxes axes = MapAxes::kPrincipal;
  std::vector<float> positions;  // [row_count, 2] around 0, at a distance of 1 in the quadratic mean
  // [row_count]: a row before this one, of the same class, that shows almost the same and is no twin of
  // another one itself; the row's own number where there is none. The others can go and little is lost.
  std::vector<std::uint32_t> twins;
};

// The plane of the first two linear discriminants, and on it each picture where a discriminant puts it that
// was fitted without it: drawn where the one of all pictures puts them, pictures with labels that mean
// nothing fall into neat heaps as well, since there are more features than pictures. Of two classes the
// second axis is the first principal component of what is left; both axes are principal components where
// there are no two classes, or no two pictures of one that differ. Deterministic. 3,000 pictures take a third
// of a second. bad-argument where lengths do not fit; out-of-memory.
[[nodiscard]] Result<PictureMap> picture_map(const MappedPictures& pictures, const ComputePool& pool);

}  // namespace headstart
