#include "picture_files.h"

#include <algorithm>
#include <cctype>
#include <csetjmp>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <utility>

#ifdef HEADSTART_HAS_JPEG
#include <jpeglib.h>
#endif
#ifdef HEADSTART_HAS_PNG
#include <png.h>
#endif

namespace headstart::tools {
namespace {

using Bytes = std::vector<std::uint8_t>;

Error bad_picture(const std::string& why) {
  return bad_file(why);
}

Status make_room(Picture& picture, std::size_t width_px, std::size_t height_px) {
  if (width_px < 1 || height_px < 1 || width_px > kMostFrameSidePx || height_px > kMostFrameSidePx)
    return bad_picture("its sides are not 1 to 32768 px");
  picture.width_px = static_cast<std::int32_t>(width_px);
  picture.height_px = static_cast<std::int32_t>(height_px);
  picture.rgba.assign(width_px * height_px * 4, 255);
  return {};
}

void copy_rgb(const std::uint8_t* rgb, std::size_t pixel_count, std::uint8_t* rgba) {
  for (std::size_t pixel = 0; pixel < pixel_count; ++pixel) std::copy_n(rgb + pixel * 3, 3, rgba + pixel * 4);
}

// A number of a PPM header, past white space and comments (netpbm's ppm(5)).
std::size_t read_ppm_number(const Bytes& bytes, std::size_t& position) {
  const auto is_space = [](std::uint8_t byte) { return byte == ' ' || (byte >= 9 && byte <= 13); };
  while (position < bytes.size() && (is_space(bytes[position]) || bytes[position] == '#')) {
    if (bytes[position] == '#') {
      while (position < bytes.size() && bytes[position] != '\n') ++position;
    } else {
      ++position;
    }
  }
  std::size_t number = 0;
  while (position < bytes.size() && bytes[position] >= '0' && bytes[position] <= '9' && number < 100'000)
    number = number * 10 + (bytes[position++] - std::size_t{'0'});
  return number;
}

Result<Picture> read_ppm(const Bytes& bytes) {
  std::size_t position = 2;
  const std::size_t width_px = read_ppm_number(bytes, position);
  const std::size_t height_px = read_ppm_number(bytes, position);
  if (read_ppm_number(bytes, position) != 255) return bad_picture("it does not have 8 bits per channel");
  ++position;  // the one white space before the pixels
  Picture picture;
  if (const Status room = make_room(picture, width_px, height_px); !room) return room.error();
  const std::size_t pixel_count = width_px * height_px;
  if (position > bytes.size() || bytes.size() - position < pixel_count * 3)
    return bad_picture("it ends too early");
  copy_rgb(bytes.data() + position, pixel_count, picture.rgba.data());
  return picture;
}

#ifdef HEADSTART_HAS_PNG
Result<Picture> read_png(const Bytes& bytes) {
  png_image image = {};
  image.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) == 0)
    return bad_picture(image.message);
  Picture picture;
  if (const Status room = make_room(picture, image.width, image.height); !room) {
    png_image_free(&image);
    return room.error();
  }
  // What is transparent lies on white, as everywhere.
  image.format = PNG_FORMAT_RGB;
  const png_color white = {255, 255, 255};
  Bytes rgb(PNG_IMAGE_SIZE(image));
  if (png_image_finish_read(&image, &white, rgb.data(), 0, nullptr) == 0) {
    png_image_free(&image);
    return bad_picture(image.message);
  }
  copy_rgb(rgb.data(), rgb.size() / 3, picture.rgba.data());
  return picture;
}
#else
Result<Picture> read_png(const Bytes&) {
  return unsupported("this headstart was built without PNG (Debian: libpng-dev)");
}
#endif

#ifdef HEADSTART_HAS_JPEG
// libjpeg ends a call that failed by a jump.
struct JpegErrors {
  jpeg_error_mgr manager;
  std::jmp_buf jump;
  char message[JMSG_LENGTH_MAX];
};

void jump_out(j_common_ptr info) {
  auto* errors = reinterpret_cast<JpegErrors*>(info->err);
  errors->manager.format_message(info, errors->message);
  std::longjmp(errors->jump, 1);
}

void be_quiet(j_common_ptr) {}

// Nothing with a destructor may live here: the jump would pass it over. `picture` and `row` are the caller's.
bool decode_jpeg(const Bytes& bytes, Picture& picture, Bytes& row, JpegErrors& errors) {
  jpeg_decompress_struct info;
  info.err = jpeg_std_error(&errors.manager);
  errors.manager.error_exit = jump_out;
  errors.manager.output_message = be_quiet;
  if (setjmp(errors.jump) != 0) {
    jpeg_destroy_decompress(&info);
    return false;
  }
  jpeg_create_decompress(&info);
  jpeg_mem_src(&info, bytes.data(), bytes.size());
  jpeg_read_header(&info, TRUE);
  info.out_color_space = JCS_RGB;
  jpeg_start_decompress(&info);
  if (!make_room(picture, info.output_width, info.output_height)) {
    std::snprintf(errors.message, sizeof errors.message, "its sides are not 1 to 32768 px");
    jpeg_destroy_decompress(&info);
    return false;
  }
  row.resize(std::size_t{info.output_width} * 3);
  while (info.output_scanline < info.output_height) {
    std::uint8_t* out = picture.rgba.data() + std::size_t{info.output_scanline} * info.output_width * 4;
    JSAMPROW rows[] = {row.data()};
    jpeg_read_scanlines(&info, rows, 1);
    copy_rgb(row.data(), info.output_width, out);
  }
  jpeg_finish_decompress(&info);
  jpeg_destroy_decompress(&info);
  return true;
}

Result<Picture> read_jpeg(const Bytes& bytes) {
  Picture picture;
  Bytes row;
  JpegErrors errors = {};
  if (!decode_jpeg(bytes, picture, row, errors)) return bad_picture(errors.message);
  return picture;
}
#else
Result<Picture> read_jpeg(const Bytes&) {
  return unsupported("this headstart was built without JPEG (Debian: libjpeg-dev)");
}
#endif

bool starts_with(const Bytes& bytes, std::initializer_list<std::uint8_t> signature) {
  return bytes.size() >= signature.size() && std::equal(signature.begin(), signature.end(), bytes.begin());
}

Result<Picture> decode(const Bytes& bytes) {
  if (starts_with(bytes, {'P', '6'})) return read_ppm(bytes);
  if (starts_with(bytes, {0x89, 'P', 'N', 'G'})) return read_png(bytes);
  if (starts_with(bytes, {0xFF, 0xD8, 0xFF})) return read_jpeg(bytes);
  return unsupported("it is no JPEG, PNG or PPM picture");
}

}  // namespace

bool is_picture(const std::string& path) {
  const std::size_t dot = path.rfind('.');
  if (dot == std::string::npos) return false;
  std::string ending = path.substr(dot + 1);
  std::ranges::transform(ending, ending.begin(),
                         [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return ending == "ppm" || ending == "png" || ending == "jpg" || ending == "jpeg";
}

Result<Bytes> read_whole_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return unavailable("cannot read " + path);
  return Bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Result<Picture> read_picture(const std::string& path) {
  const Result<Bytes> bytes = read_whole_file(path);
  if (!bytes) return bytes.error();
  Result<Picture> picture = decode(bytes.value());
  if (!picture) return Error{picture.error().code, path + ": " + picture.error().message};
  return picture;
}

}  // namespace headstart::tools
