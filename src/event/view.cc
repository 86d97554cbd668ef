#include "event/view.h"

#include <string>

namespace trailkeeper::event {
namespace {

// From one form of the texts to the other, so that each list of fields below stands once.
template <typename To>
struct Texts {
  template <typename From>
  static std::optional<To> of(const std::optional<From>& text) {
    return text ? std::optional<To>(*text) : std::nullopt;
  }
};

template <typename Text, typename To, typename From>
To copy_actor(const From& from) {
  using T = Texts<Text>;
  return To{T::of(from.type),  Text(from.id),    T::of(from.name),    T::of(from.username),
            T::of(from.email), T::of(from.role), T::of(from.metadata)};
}

template <typename Text, typename To, typename From>
To copy_target(const From& from) {
  using T = Texts<Text>;
  return To{T::of(from.type), T::of(from.id), T::of(from.name), T::of(from.metadata)};
}

template <typename Text, typename To, typename From>
To copy_context(const From& from) {
  using T = Texts<Text>;
  return To{T::of(from.ip),  T::of(from.location),   T::of(from.user_agent),
            T::of(from.url), T::of(from.request_id), T::of(from.session_id)};
}

template <typename Text, typename To, typename From>
To copy_error(const From& from) {
  return To{Texts<Text>::of(from.code), Texts<Text>::of(from.message)};
}

template <typename Text, typename To, typename From>
To copy_change(const From& from) {
  return To{Text(from.field), Texts<Text>::of(from.before), Texts<Text>::of(from.after)};
}

template <typename To, typename From>
std::optional<std::vector<To>> copy_list(const std::optional<std::vector<From>>& from,
                                         To (*copy)(const From&)) {
  if (!from) return std::nullopt;
  std::vector<To> to;
  to.reserve(from->size());
  for (const From& item : *from) to.push_back(copy(item));
  return to;
}

template <typename Text, typename To, typename From>
void copy_texts(const From& from, To& to) {
  using T = Texts<Text>;
  to.organization_id = Text(from.organization_id);
  to.action = Text(from.action);
  to.action_label = T::of(from.action_label);
  to.area = T::of(from.area);
  to.application = T::of(from.application);
  to.category = T::of(from.category);
  to.crud = T::of(from.crud);
  to.occurred_at = from.occurred_at;
  to.outcome = T::of(from.outcome);
  to.http_status = from.http_status;
  to.metadata = T::of(from.metadata);
  to.external_id = T::of(from.external_id);
  to.version = from.version;
}

}  // namespace

EventView view_of(const Event& event) {
  using V = std::string_view;
  EventView out;
  copy_texts<V>(event, out);
  out.actor = copy_actor<V, ActorView>(event.actor);
  out.targets = copy_list<TargetView, Target>(event.targets, copy_target<V, TargetView, Target>);
  if (event.context) out.context = copy_context<V, ContextView>(*event.context);
  if (event.error) out.error = copy_error<V, ErrorDetailView>(*event.error);
  out.changes = copy_list<ChangeView, Change>(event.changes, copy_change<V, ChangeView, Change>);
  return out;
}

StoredView view_of(const StoredEvent& stored) {
  return {stored.seq, stored.received_at, stored.id, stored.nonce, view_of(stored.event)};
}

Event copy_of(const EventView& event) {
  using S = std::string;
  Event out;
  copy_texts<S>(event, out);
  out.actor = copy_actor<S, Actor>(event.actor);
  out.targets = copy_list<Target, TargetView>(event.targets, copy_target<S, Target, TargetView>);
  if (event.context) out.context = copy_context<S, Context>(*event.context);
  if (event.error) out.error = copy_error<S, ErrorDetail>(*event.error);
  out.changes = copy_list<Change, ChangeView>(event.changes, copy_change<S, Change, ChangeView>);
  return out;
}

StoredEvent copy_of(const StoredView& stored) {
  return {stored.seq, stored.received_at, stored.id, stored.nonce, copy_of(stored.event)};
}

}  // namespace trailkeeper::event
