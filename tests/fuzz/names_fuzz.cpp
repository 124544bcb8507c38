/// Texts from outside: URLs of brokers and web servers, topics, marks, stream ids, key ids. What is accepted is written
/// as it was read.

#include <cstdlib>

#include "assimilaate/carrier/internal/http_client.hpp"
#include "assimilaate/carrier/internal/mqtt_log.hpp"
#include "assimilaate/carrier/internal/mqtt_place.hpp"
#include "assimilaate/stream/key_file.hpp"

namespace {

using namespace assimilaate;

template <typename Work>
void try_to(Work work) {
  try {
    work();
  } catch (const Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try_to([&] {
    const auto place = internal::MqttPlace::parse(text);
    if (place.host.empty() || place.port < 0 || place.port > 65'535 || place.tenant.find('/') != std::string::npos)
      std::abort();
  });
  try_to([&] {
    const auto shown = internal::HttpClient(text, {}).place("head");
    const auto begin = shown.find("://") + 3;
    if (shown.substr(begin, shown.find('/', begin) - begin).find('@') != std::string::npos) std::abort();
  });
  const auto mark = internal::MqttMarks::parse(text).text();
  if (internal::MqttMarks::parse(mark).text() != mark) std::abort();
  static_cast<void>(internal::MqttTopics("t").stream_of(text, "head"));
  if (const auto id = parse_stream_id(text); id && hex(*id) != text) std::abort();
  if (const auto id = parse_key_id(text); id && text.size() != 16) std::abort();
  static_cast<void>(parse_public_key(text));
  return 0;
}
