// The core on the command line: trains a head on a folder of class folders, answers from it, advises, embeds.
// The same Session as in the page.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "workshop.h"

namespace {

using namespace headstart;
using namespace headstart::tools;

constexpr std::string_view kUsage =
    "headstart train FOLDER -o HEAD.safetensors   a folder of pictures for each class\n"
    "headstart predict HEAD.safetensors PICTURE…  probabilities, highest first\n"
    "headstart export HEAD.safetensors --format NAME -o FILE [FOLDER]\n"
    "                                             for other programs: tfjs, onnx, tflite, tflite-float16;\n"
    "                                             tflite-int8 and c-array are fitted to FOLDER's pictures\n"
    "headstart advise FOLDER                      which way of training suits these pictures\n"
    "headstart embed PICTURE…                     one line of numbers for each picture\n"
    "headstart info                               what the backbone says, and what each network is computed "
    "in\n"
    "options: --backbone FILE (.safetensors or .tflite; again for several networks at once)\n"
    "         --share S (of several, the say of the --backbone before it beside the others; usually 1)\n"
    "         --strategy NAME (train; or 'recommended')  --seed N  --json\n"
    "         --head KIND (train; 'logistic' writes a plain linear head, the file head/1)\n"
    "         --precision int8 (what a .tflite in int8 is computed in; usually float32)\n"
    "         --size PX (input size)  --threads N  --mirror\n";

std::uint64_t number_of(const std::string& option, const std::string& text) {
  char* end = nullptr;
  const std::uint64_t number = std::strtoull(text.c_str(), &end, 10);
  if (text.empty() || text[0] < '0' || text[0] > '9' || *end != '\0')
    fail(option + " needs a whole number, got '" + text + "'");
  return number;
}

double share_of(const std::string& text) {
  char* end = nullptr;
  const double share = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !(share >= 0.001 && share <= 1000))
    fail("--share needs a number from 0.001 to 1000, got '" + text + "'");
  return share;
}

template <typename T>
T word_of(const std::string& option, const std::string& text) {
  std::string known;
  for (const auto& [value, name] : names_of(T())) {
    if (name == text) return value;
    known += (known.empty() ? "" : ", ") + std::string(name);
  }
  fail(option + " must be one of " + known + ", got '" + text + "'");
}

Options read_options(int count, char** values) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string word = values[i];
    const auto value = [&]() -> std::string {
      if (i + 1 >= count) fail(word + " needs a value");
      return values[++i];
    };
    if (word == "--backbone") {
      options.backbones.push_back(value());
      options.shares.push_back(1);
    } else if (word == "--share") {
      if (options.shares.empty()) fail("--share follows the --backbone that it is for");
      options.shares.back() = share_of(value());
    } else if (word == "-o") {
      options.output = value();
    } else if (word == "--format") {
      options.format = value();
    } else if (word == "--strategy") {
      options.strategy = value();
    } else if (word == "--head") {
      options.head = word_of<HeadKind>(word, value());
    } else if (word == "--seed") {
      options.seed = number_of(word, value());
    } else if (word == "--size") {
      options.input_size_px =
          static_cast<std::int32_t>(std::min<std::uint64_t>(number_of(word, value()), 9999));
    } else if (word == "--precision") {
      options.precision = word_of<Precision>(word, value());
    } else if (word == "--threads") {
      options.thread_count = number_of(word, value());
    } else if (word == "--mirror") {
      options.prepare.mirror = Mirror::kYes;
    } else if (word == "--json") {
      options.json = true;
    } else if (word.starts_with("-")) {
      fail("unknown option " + word);
    } else {
      options.words.push_back(word);
    }
  }
  if (options.backbones.empty()) options.backbones.emplace_back(HEADSTART_BACKBONE);
  return options;
}

Strategy strategy_of(const Options& options, const std::string& name, Workshop& workshop) {
  Strategy strategy = need(strategy_named(workshop.session().backbone().feature_blocks(), name));
  if (!options.head) return strategy;
  if (!strategy.takes(*options.head))
    fail("the strategy '" + strategy.name + "' brings its own head: leave --head out");
  strategy.head = *options.head;
  return strategy;
}

// Measures the heads that advice tries; layers are trained only where they are asked for by name.
Advice measure_heads(Workshop& workshop, std::vector<std::pair<std::string, CandidateReport>>& candidates) {
  Session& session = workshop.session();
  session.advice_begin();
  for (const Strategy& strategy : strategies(session.backbone().feature_blocks())) {
    if (!strategy.is_measured || strategy.tuning) continue;
    workshop.run(strategy);
    candidates.emplace_back(strategy.name, need(session.advice_add(strategy.name)));
  }
  return need(session.advice_finish());
}

void write_whole_file(const std::string& path, const std::vector<std::uint8_t>& bytes) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  const bool written = file != nullptr && std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  if (file == nullptr || std::fclose(file) != 0 || !written) fail("cannot write " + path);
}

int run_train(const Options& options) {
  if (options.words.size() != 2 || options.output.empty()) fail("train takes a folder, and -o with a file");
  Workshop workshop(options);
  workshop.teach(options.words[1]);
  std::string name = options.strategy_name();
  if (name == "recommended") {
    std::vector<std::pair<std::string, CandidateReport>> candidates;
    name = measure_heads(workshop, candidates).recommended;
  }
  const Strategy strategy = strategy_of(options, name, workshop);
  workshop.run(strategy);
  const SessionReport report = workshop.finish(strategy);
  const std::vector<std::uint8_t> head = need(workshop.session().export_head(""));
  write_whole_file(options.output, head);
  const Metrics& metrics = report.metrics;
  if (options.json) {
    std::printf("{\"strategy\":%s,\"sampleCount\":%zu,\"measured\":%s", quoted(strategy.name).c_str(),
                report.sample_count, report.measured ? "true" : "false");
    if (report.measured)
      std::printf(",\"accuracy\":%.6f,\"logLoss\":%.6f", metrics.accuracy, metrics.log_loss);
    std::printf(",\"head\":%s,\"headBytes\":%zu}\n", quoted(options.output).c_str(), head.size());
  } else if (report.measured) {
    std::printf("%s: %zu pictures, %.1f %% right on pictures held out (95 %%: %.1f to %.1f)\n",
                strategy.name.c_str(), report.sample_count, 100 * metrics.accuracy,
                100 * metrics.accuracy_low, 100 * metrics.accuracy_high);
  } else {
    std::printf("%s: %zu pictures, not measured: %s\n", strategy.name.c_str(), report.sample_count,
                report.why_not_measured.c_str());
  }
  return 0;
}

int run_advise(const Options& options) {
  if (options.words.size() != 2) fail("advise takes one folder");
  Workshop workshop(options);
  workshop.teach(options.words[1]);
  std::vector<std::pair<std::string, CandidateReport>> candidates;
  const Advice advice = measure_heads(workshop, candidates);
  if (options.json)
    std::printf("{\"recommended\":%s,\"case\":\"%s\",\"mirror\":\"%s\",\"candidates\":[",
                quoted(advice.recommended).c_str(), name_of(advice.data_case), name_of(advice.mirror));
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const auto& [name, report] = candidates[i];
    if (options.json) {
      std::printf("%s{\"strategy\":%s,\"accuracy\":%.6f,\"logLoss\":%.6f}", i > 0 ? "," : "",
                  quoted(name).c_str(), report.accuracy, report.log_loss);
    } else {
      std::printf("%s %-22s %5.1f %% right\n", name == advice.recommended ? "→" : " ", name.c_str(),
                  100 * report.accuracy);
    }
  }
  if (options.json) std::printf("]}\n");
  return 0;
}

void print_ranking(const Options& options, Workshop& workshop, const std::string& path) {
  const Picture picture = need(read_picture(path));
  need(workshop.session().embed_for_ranking(picture.view(), options.prepare));
  const Ranking ranking = need(workshop.session().rank());
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < ranking.class_ids.size(); ++i) order.push_back(i);
  const std::vector<float>& probabilities = ranking.probabilities;
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return probabilities[a] != probabilities[b] ? probabilities[a] > probabilities[b] : a < b;
  });
  if (options.json)
    std::printf("{\"picture\":%s,\"known\":%.6f,\"ranked\":[", quoted(path).c_str(), ranking.known);
  else
    std::printf("%s%s", path.c_str(), ranking.known < 0.5 ? "\tnone of these" : "");
  for (std::size_t k = 0; k < order.size(); ++k) {
    const auto probability = static_cast<double>(ranking.probabilities[order[k]]);
    const HeadInfo info = need(workshop.session().head_info());
    const std::string& name = info.labels[order[k]];
    if (options.json)
      std::printf("%s{\"name\":%s,\"probability\":%.6f}", k > 0 ? "," : "", quoted(name).c_str(),
                  probability);
    else
      std::printf("\t%s %.6f", name.c_str(), probability);
  }
  std::printf(options.json ? "]}\n" : "\n");
}

int run_predict(const Options& options) {
  if (options.words.size() < 3) fail("predict takes a head file and pictures");
  Workshop workshop(options);
  Session& session = workshop.session();
  const HeadInfo info = need(session.read_head(need(read_whole_file(options.words[1]))));
  std::vector<ClassId> ids;
  for (const std::string& label : info.labels) ids.push_back(session.samples().add_class(label));
  need(session.adopt_head(ids, workshop.backbone_file()));
  for (std::size_t i = 2; i < options.words.size(); ++i) print_ranking(options, workshop, options.words[i]);
  return 0;
}

// Fits the file to the pictures of a folder, measures it on them and says what it loses.
std::vector<std::uint8_t> fitted_file(const Options& options, const ExportOptions& format, const Head& head) {
  if (options.words.size() != 3)
    fail(options.format + " is fitted to pictures: name a folder of class folders");
  Workshop workshop(options);
  workshop.teach(options.words[2]);
  QuantisedExport quantised = need(QuantisedExport::create(workshop.backbone_file(), head, format));
  for (const auto& [id, picture] : workshop.kept()) need(quantised.calibrate(picture.view()));
  for (const auto& [id, picture] : workshop.kept()) {
    const std::string& name = workshop.class_name(need(workshop.session().samples().class_of(id)));
    const auto found = std::ranges::find(head.labels, name);
    need(quantised.measure(picture.view(), found == head.labels.end() ? -1 : found - head.labels.begin()));
  }
  const AnswerChanges& report = quantised.report();
  std::printf("%zu pictures: %zu right, before %zu; probabilities differ by %.4f on average\n",
              report.picture_count, report.right_after_count, report.right_before_count,
              report.mean_difference);
  return need(quantised.write());
}

int run_export(const Options& options) {
  if (options.words.size() < 2 || options.output.empty())
    fail("export takes a head file, and -o with a file");
  const ExportOptions format = {.format = need(model_format_of(options.format))};
  const Head head = need(read_head_file(need(read_whole_file(options.words[1]))));
  const bool is_fitted = format.format == ModelFormat::kTfliteInt8 || format.format == ModelFormat::kCArray;
  const std::vector<std::uint8_t> file =
      is_fitted ? fitted_file(options, format, head) : need(export_model(backbone_of(options), head, format));
  write_whole_file(options.output, file);
  std::printf("%s: %zu bytes\n", options.output.c_str(), file.size());
  return 0;
}

int run_embed(const Options& options) {
  if (options.words.size() < 2) fail("embed takes pictures");
  Workshop workshop(options);
  for (std::size_t i = 1; i < options.words.size(); ++i) {
    const Picture picture = need(read_picture(options.words[i]));
    const std::vector<float> features = need(workshop.session().embed(picture.view(), options.prepare));
    if (options.json) std::printf("[");
    for (std::size_t k = 0; k < features.size(); ++k)
      std::printf("%s%.9g", k == 0 ? "" : options.json ? "," : " ", static_cast<double>(features[k]));
    std::printf(options.json ? "]\n" : "\n");
  }
  return 0;
}

// What a network is computed in: in bytes only where its own file is.
const char* precision_of(const Options& options, bool is_quantised) {
  return name_of(is_quantised ? options.precision : Precision::kFloat32);
}

std::string precision_text(const Options& options, bool is_quantised) {
  const bool could_be_bytes = is_quantised && options.precision == Precision::kFloat32;
  return precision_of(options, is_quantised) +
         std::string(could_be_bytes ? ", or as its file: --precision int8" : "");
}

void print_info_as_json(const Options& options, const Backbone& backbone) {
  const BackboneInfo& info = backbone.info();
  std::printf(
      "{\"name\":%s,\"inputSize\":%d,\"inputScale\":%s,\"inputOffset\":%s,\"precision\":\"%s\",\"networks\":"
      "[",
      quoted(info.name).c_str(), backbone.input_size_px(), quoted(info.input_scale).c_str(),
      quoted(info.input_offset).c_str(), precision_of(options, info.is_quantised));
  for (std::size_t i = 0; i < info.branches.size(); ++i) {
    const BranchInfo& branch = info.branches[i];
    std::printf("%s{\"name\":%s,\"precision\":\"%s\",\"share\":%g}", i > 0 ? "," : "",
                quoted(branch.network).c_str(), precision_of(options, branch.is_quantised), branch.share);
  }
  std::printf("],\"embeddingDim\":%zu,\"parameterCount\":%zu,\"source\":%s,\"license\":%s,\"sha256\":%s}\n",
              info.embedding_dim, info.parameter_count, quoted(info.source).c_str(),
              quoted(info.license).c_str(), quoted(info.sha256).c_str());
}

int run_info(const Options& options) {
  if (options.words.size() != 1) fail("info takes no files but those of --backbone");
  Workshop workshop(options);
  const Backbone& backbone = workshop.session().backbone();
  const BackboneInfo& info = backbone.info();
  if (options.json) {
    print_info_as_json(options, backbone);
    return 0;
  }
  std::printf("name            %s\n", info.name.c_str());
  std::printf("input           %d px, pixel * %s + %s\n", backbone.input_size_px(), info.input_scale.c_str(),
              info.input_offset.c_str());
  if (info.branches.empty())
    std::printf("precision       %s\n", precision_text(options, info.is_quantised).c_str());
  for (const BranchInfo& branch : info.branches) {
    std::printf("network %s       %s, share %g, %s\n", branch.name.c_str(), branch.network.c_str(),
                branch.share, precision_text(options, branch.is_quantised).c_str());
  }
  std::printf("embedding       %zu numbers\n", info.embedding_dim);
  std::printf("parameters      %zu\n", info.parameter_count);
  std::printf("source          %s\nlicence         %s\n", info.source.c_str(), info.license.c_str());
  std::printf("sha256          %s\n", info.sha256.c_str());
  return 0;
}

}  // namespace

int main(int argument_count, char** argument_values) {
  const Options options = read_options(argument_count, argument_values);
  const std::string command = options.words.empty() ? "" : options.words[0];
  if (command == "train") return run_train(options);
  if (command == "predict") return run_predict(options);
  if (command == "export") return run_export(options);
  if (command == "advise") return run_advise(options);
  if (command == "embed") return run_embed(options);
  if (command == "info") return run_info(options);
  std::fwrite(kUsage.data(), 1, kUsage.size(), stderr);
  return 2;
}
