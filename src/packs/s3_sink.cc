#include "s3_sink.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/bytes.h"
#include "crypto/hash.h"

namespace trailkeeper::packs {
namespace {

// Ends with a slash.
std::string folder_of(const deliver::SinkTarget& target, const std::string& path) {
  std::string folder = target.prefix;
  if (!path.empty()) folder += path + "/";
  return folder;
}

constexpr std::size_t kListed = 1000;

class S3PackSink final : public PackSink {
 public:
  S3PackSink(deliver::ObjectSink& sink, deliver::Place place, std::string path,
             std::uint64_t part_bytes)
      : sink_(sink),
        place_(std::move(place)),
        folder_(folder_of(place_.target, path)),
        path_(std::move(path)),
        part_bytes_(part_bytes) {}

  std::string place() const override { return s3_place(place_.target, path_); }

  SinkResult deliver(const Shipment& shipment,
                     const std::function<bool(std::size_t file)>& before) override {
    SinkResult result;
    std::size_t number = 0;
    const auto next = [&](const deliver::SinkObject& object) {
      if (!before(number++)) {
        result.failure = {deliver::Blame::transient, "stopped",
                          "The run was stopped or changed meanwhile.", ""};
        return false;
      }
      return send(object, shipment.first_try_at, result);
    };
    const std::string folder = folder_ + shipment.folder + "/";
    for (const StagedFile& part : shipment.parts) {
      if (!next(object_of(folder, part))) return result;
    }
    if (!next(object_of(folder, shipment.manifest))) return result;
    if (!shipment.latest.empty()) next(latest_of(shipment));
    return result;
  }

  // Reading is not among the rights that customers give us: the bucket's list says each object's
  // size, and the digest that the service made of the bytes it keeps.
  LookResult look(const LookRequest& request) override {
    LookResult result;
    const std::string folder = folder_ + request.folder + "/";
    std::map<std::string, deliver::ListedObject> there;
    std::string after;
    while (true) {
      if (request.going && !request.going()) {
        result.failure = {deliver::Blame::transient, "stopped", "Stopped.", ""};
        return result;
      }
      deliver::ListOutcome listed = sink_.list(place_.target, folder, kListed, after);
      if (listed.failure) {
        result.failure = std::move(listed.failure);
        return result;
      }
      const bool more = listed.objects.size() == kListed;
      if (more) after = listed.objects.back().key;
      for (auto& object : listed.objects) {
        std::string name = object.key.substr(std::min(folder.size(), object.key.size()));
        there.insert_or_assign(std::move(name), std::move(object));
      }
      if (!more) break;
    }
    judge(request, there, result);
    return result;
  }

 private:
  void judge(const LookRequest& request, std::map<std::string, deliver::ListedObject>& there,
             LookResult& result) const {
    result.read_by = "etag";
    for (const ExpectedFile& file : request.files) {
      HeldFile held{.name = file.name};
      if (const auto found = there.find(file.name); found != there.end()) {
        const bool tells = place_.etag_is_md5 && !file.etag.empty();
        if (!tells) result.read_by = "size";
        held.bytes = found->second.bytes;
        held.holding = held.bytes != file.bytes                   ? Holding::other_size
                       : tells && found->second.etag != file.etag ? Holding::other_content
                                                                  : Holding::same;
        there.erase(found);
      }
      result.files.push_back(std::move(held));
    }
    for (const auto& [name, object] : there) result.others.push_back(name);
  }

  deliver::SinkObject object_of(const std::string& folder, const StagedFile& file) const {
    deliver::SinkObject object;
    object.key = folder + file.name;
    object.file = file.path;
    object.bytes = file.bytes;
    object.sha256 = file.sha256;
    object.md5 = file.md5;
    object.content_type = file.content_type;
    object.part_bytes = part_bytes_;
    return object;
  }

  deliver::SinkObject latest_of(const Shipment& shipment) const {
    deliver::SinkObject object;
    object.key = folder_ + shipment.latest_name;
    object.content = shipment.latest;
    object.bytes = shipment.latest.size();
    object.sha256 = crypto::sha256(shipment.latest);
    object.md5 = std::string(as_text(crypto::md5(shipment.latest)));
    object.content_type = "application/json";
    object.if_absent = false;
    return object;
  }

  bool send(const deliver::SinkObject& object, Timestamp first_try_at, SinkResult& result) {
    const deliver::PutOutcome put =
        object.if_absent
            ? deliver::put_once(sink_, place_.target, object, place_.etag_is_md5, first_try_at)
            : sink_.put(place_.target, object);
    result.request_id = put.request_id;
    if (put.kind == deliver::PutOutcome::Kind::stored) return true;
    result.failure = put.failure;
    return false;
  }

  deliver::ObjectSink& sink_;
  const deliver::Place place_;
  const std::string folder_;
  const std::string path_;
  const std::uint64_t part_bytes_;
};

}  // namespace

std::string s3_place(const deliver::SinkTarget& target, const std::string& path) {
  return "s3://" + target.bucket + "/" + folder_of(target, path);
}

std::unique_ptr<PackSink> make_s3_pack_sink(deliver::ObjectSink& sink, deliver::Place place,
                                            std::string path, std::uint64_t part_bytes) {
  return std::make_unique<S3PackSink>(sink, std::move(place), std::move(path), part_bytes);
}

}  // namespace trailkeeper::packs
