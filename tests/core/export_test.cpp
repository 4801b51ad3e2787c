// What leaves for other programs: the steps that every writer writes, and the files themselves.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "export/exported_model.h"
#include "export/quantiser.h"
#include "export/step_runner.h"
#include "export/writers.h"
#include "headstart/export.h"
#include "support/session.h"

using namespace headstart;
using namespace headstart::test;

namespace {

constexpr std::int32_t kSidePx = 96;

struct Taught {
  std::vector<std::uint8_t> backbone;
  ComputePool pool;
  Session session;
  Head head;
};

Taught teach_head(const TrainOptions& options = {}) {
  std::vector<std::uint8_t> file =
      make_random_backbone({.width_multiplier = "0.1", .input_size_px = kSidePx});
  ComputePool pool = std::move(ComputePool::create(1)).value();
  Session session = open_session(file, pool);
  teach(session, 6, 3);
  REQUIRE(train(session, options).ok());
  const auto head_file = session.export_head("");
  REQUIRE(head_file.ok());
  Result<Head> head = read_head_file(head_file.value());
  REQUIRE(head.ok());
  return {std::move(file), std::move(pool), std::move(session), std::move(head).value()};
}

std::vector<std::uint8_t> rgb_of(const DrawnPicture& picture) {
  std::vector<std::uint8_t> rgb;
  for (std::size_t i = 0; i < picture.rgba.size(); ++i) {
    if (i % 4 != 3) rgb.push_back(picture.rgba[i]);
  }
  return rgb;
}

bool begins_with(const std::vector<std::uint8_t>& file, std::size_t offset, std::string_view text) {
  return file.size() > offset + text.size() &&
         std::equal(text.begin(), text.end(), file.begin() + static_cast<std::ptrdiff_t>(offset));
}

}  // namespace

TEST_CASE("an export's steps say of a picture what the session says") {
  TrainOptions options;
  SUBCASE("of features as they are") {}
  SUBCASE("of their roots") {
    options.head = HeadKind::kDiscriminant;
  }
  Taught taught = teach_head(options);
  const auto model = read_exported_model(taught.backbone, taught.head);
  REQUIRE(model.ok());
  StepRunner runner(model.value().steps, taught.pool);
  for (int number = 20; number < 24; ++number) {
    const DrawnPicture picture = draw(number % 3, number, kSidePx, kSidePx);
    const auto said = ask(taught.session, picture);
    REQUIRE(said.ok());
    const auto probabilities = runner.run(rgb_of(picture)).value();
    REQUIRE(probabilities.size() == 3);
    for (std::size_t i = 0; i < 3; ++i)
      CHECK(probabilities[i] ==
            doctest::Approx(static_cast<double>(said.value().probabilities[i])).epsilon(1e-3));
  }
}

// Of joined maps some go below zero: their lengths alone are divided out.
TEST_CASE("joined maps, looked at twice, leave as they are") {
  const std::vector<std::uint8_t> file =
      make_random_backbone({.width_multiplier = "0.1", .input_size_px = kSidePx});
  const ComputePool pool = std::move(ComputePool::create(1)).value();
  Session session = open_session(file, pool);
  const std::vector<ClassId> ids = teach(session, 6, 3);
  add_views(session, 6, ids);
  REQUIRE(train(session, {.head = HeadKind::kDiscriminant,
                          .features = {"blocks.5", "blocks.14", "blocks.16:deviation", "last"},
                          .views = ViewUse::kAll,
                          .second_look = SecondLook::kMirrored})
              .ok());
  Head head = read_head_file(session.export_head("").value()).value();
  CHECK(head.transform == FeatureTransform::kLength);
  const auto model = read_exported_model(file, head);
  REQUIRE(model.ok());
  CHECK(std::ranges::count(model.value().steps, StepKind::kNormalise, &Step::kind) == 4);
  StepRunner runner(model.value().steps, pool);
  for (int number = 20; number < 23; ++number) {
    const DrawnPicture picture = draw(number % 3, number, kSidePx, kSidePx);
    const auto said = ask(session, picture);
    REQUIRE(said.ok());
    const auto probabilities = runner.run(rgb_of(picture)).value();
    for (std::size_t i = 0; i < 3; ++i)
      CHECK(probabilities[i] ==
            doctest::Approx(static_cast<double>(said.value().probabilities[i])).epsilon(1e-3));
  }
  // A file may want roots of them nevertheless.
  head.transform = FeatureTransform::kRoot;
  const auto rooted = read_exported_model(file, head);
  REQUIRE(rooted.ok());
  StepRunner root_runner(rooted.value().steps, pool);
  const auto answer = root_runner.run(rgb_of(draw(0, 20, kSidePx, kSidePx)));
  REQUIRE(answer.ok());
  for (const float probability : answer.value()) CHECK(std::isfinite(probability));
}

// Ways in which a writer could be wrong: each has to move a probability by far more than the 1e-4 that are
// allowed.
TEST_CASE("an export that is wrong in one place is noticed") {
  Taught taught = teach_head({.head = HeadKind::kDiscriminant});
  const DrawnPicture picture = draw(0, 30, kSidePx, kSidePx);
  std::vector<std::uint8_t> rgb = rgb_of(picture);
  auto made = read_exported_model(taught.backbone, taught.head);
  REQUIRE(made.ok());
  ExportedModel& model = made.value();
  const auto answer = [&] {
    StepRunner runner(model.steps, taught.pool);
    const auto probabilities = runner.run(rgb).value();
    return std::vector<float>(probabilities.begin(), probabilities.end());
  };
  const std::vector<float> right = answer();
  const auto step_of = [&](StepKind kind) -> Step& {
    return *std::ranges::find(model.steps, kind, &Step::kind);
  };
  std::vector<float> changed;

  SUBCASE("colours swapped") {
    for (std::size_t i = 0; i < rgb.size(); i += 3) std::swap(rgb[i], rgb[i + 2]);
  }
  SUBCASE("scaling left out") {
    step_of(StepKind::kScale).activation = Activation::kRelu;
  }
  SUBCASE("labels in another order") {
    Step& dense = step_of(StepKind::kDense);
    const std::size_t row = dense.weights.size() / 3;
    changed.assign(dense.weights.begin(), dense.weights.end());
    std::rotate(changed.begin(), changed.begin() + static_cast<std::ptrdiff_t>(row), changed.end());
    dense.weights = changed;
  }
  SUBCASE("roots left out") {
    step_of(StepKind::kSquareRoot).kind = StepKind::kActivation;
  }
  SUBCASE("the length not divided out") {
    step_of(StepKind::kNormalise).kind = StepKind::kActivation;
  }
  SUBCASE("the temperature missing") {
    Step& dense = step_of(StepKind::kDense);
    for (const float weight : dense.weights) changed.push_back(0.5F * weight);
    dense.weights = changed;
  }
  SUBCASE("padding on the other side") {
    for (Step& step : model.steps) {
      if (step.stride == 2) step.padding = {.kind = PaddingKind::kExplicit, .top = 1, .left = 1};
    }
  }
  const std::vector<float> wrong = answer();
  float largest = 0;
  for (std::size_t i = 0; i < right.size(); ++i) largest = std::max(largest, std::abs(wrong[i] - right[i]));
  CHECK(largest > 1e-3F);
}

TEST_CASE("every format of an export has a name, and the same head gives the same bytes") {
  const Taught taught = teach_head();
  for (const char* name : {"tfjs", "onnx", "tflite", "tflite-float16"}) {
    CAPTURE(name);
    const auto format = model_format_of(name);
    REQUIRE(format.ok());
    CHECK(std::string(model_format_name(format.value())) == name);
    const auto file = export_model(taught.backbone, taught.head, {.format = format.value()});
    REQUIRE(file.ok());
    const auto again = export_model(taught.backbone, taught.head, {.format = format.value()});
    CHECK(file.value() == again.value());
    CHECK(file.value().size() > 200'000);
  }
  CHECK(model_format_of("keras").error().code == ErrorCode::kBadArgument);
  const auto unfitted = export_model(taught.backbone, taught.head, {.format = ModelFormat::kTfliteInt8});
  CHECK(unfitted.error().code == ErrorCode::kBadArgument);
}

TEST_CASE("an 8-bit number holds zero exactly, and what lies outside goes to the ends") {
  const Scale8 scale = {0.1F, -128};
  CHECK(scale.rounded(0) == 0);
  CHECK(scale.rounded(0.26F) == doctest::Approx(0.3));
  CHECK(scale.number_of(1000) == 127);
  CHECK(scale.number_of(-1000) == -128);

  // Many at once, whatever their count.
  for (const std::int32_t zero_point : {-128, -3, 0, 127}) {
    const Scale8 other = {0.07F, zero_point};
    std::vector<float> values;
    for (int i = -300; i < 303; ++i) values.push_back(0.0311F * static_cast<float>(i));
    std::vector<float> many = values;
    other.round(many);
    for (std::size_t i = 0; i < many.size(); ++i)
      CHECK(many[i] == doctest::Approx(static_cast<double>(other.rounded(values[i]))));
  }
}

TEST_CASE("an 8-bit export is fitted to pictures first, says what it loses, and is written twice alike") {
  const Taught taught = teach_head();
  for (const ModelFormat format : {ModelFormat::kTfliteInt8, ModelFormat::kCArray}) {
    auto made = QuantisedExport::create(taught.backbone, taught.head, {.format = format});
    REQUIRE(made.ok());
    QuantisedExport& quantised = made.value();
    CHECK(quantised.write().error().code == ErrorCode::kTooFewSamples);
    const DrawnPicture first = draw(0, 1);
    CHECK(quantised.measure(first.view(), 0).error().code == ErrorCode::kBadArgument);
    for (int number = 0; number < 9; ++number) {
      const DrawnPicture picture = draw(number % 3, number);
      REQUIRE(quantised.calibrate(picture.view()).ok());
    }
    for (int number = 40; number < 49; ++number) {
      const DrawnPicture picture = draw(number % 3, number);
      REQUIRE(quantised.measure(picture.view(), number % 3).ok());
    }
    const AnswerChanges& report = quantised.report();
    CHECK(report.picture_count == 9);
    CHECK(report.known_count == 9);
    CHECK(report.mean_difference > 0);
    CHECK(report.mean_difference < 0.1);  // random weights blur more than trained ones
    CHECK(report.right_after_count + 1 >= report.right_before_count);
    const auto file = quantised.write();
    REQUIRE(file.ok());
    CHECK(file.value() == quantised.write().value());
    const bool is_c = format == ModelFormat::kCArray;
    CHECK(begins_with(file.value(), is_c ? 0 : 4, is_c ? "/* " : "TFL3"));
  }
}
