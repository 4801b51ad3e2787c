#include "samples/folds.h"

#include <algorithm>
#include <vector>

namespace headstart {

void start_anywhere(std::span<std::uint32_t> neighbours, Random& random) {
  if (neighbours.empty()) return;
  const std::uint32_t start = random.below(static_cast<std::uint32_t>(neighbours.size()));
  std::rotate(neighbours.begin(), neighbours.begin() + static_cast<std::ptrdiff_t>(start), neighbours.end());
}

Folds stratified_folds(std::span<const std::uint32_t> class_indices, std::size_t class_count,
                       std::size_t fold_count, std::uint64_t seed) {
  Folds folds;
  folds.fold_of_row.assign(class_indices.size(), kNeverHeldOut);
  if (fold_count < 2) return folds;
  std::vector<std::vector<std::uint32_t>> rows_of_class(class_count);
  for (std::size_t i = 0; i < class_indices.size(); ++i) {
    rows_of_class[class_indices[i]].push_back(static_cast<std::uint32_t>(i));
  }
  // No more folds than the largest class has samples: otherwise a fold may hold out one class alone.
  std::size_t largest = 0;
  for (const auto& rows : rows_of_class) largest = std::max(largest, rows.size());
  const std::size_t used = std::min(fold_count, largest);
  if (used < 2) return folds;
  Random random(seed);
  std::size_t next = 0;
  std::size_t dealt = 0;
  for (auto& rows : rows_of_class) {
    if (rows.size() < 2) continue;
    start_anywhere(rows, random);
    // Fold f gets as many as if they were dealt one by one from `next` on, but neighbours together.
    auto row = rows.begin();
    for (std::size_t f = 0; f < used; ++f) {
      const std::size_t turn = (f + used - next % used) % used;  // when this fold is dealt to first
      const std::size_t count = turn < rows.size() ? (rows.size() - turn - 1) / used + 1 : 0;
      for (std::size_t k = 0; k < count; ++k) folds.fold_of_row[*row++] = static_cast<std::uint32_t>(f);
    }
    next += rows.size();
    dealt += rows.size();
  }
  folds.fold_count = std::min(used, dealt);
  return folds;
}

}  // namespace headstart
