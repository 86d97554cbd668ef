#include "base/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <utility>

#include "base/thread_annotations.h"

namespace trailkeeper::metrics {
namespace {

class CounterOf final : public Counter {
 public:
  explicit CounterOf(prometheus::Counter& inner) : inner_(inner) {}
  void add(double by) override { inner_.Increment(by); }

 private:
  prometheus::Counter& inner_;
};

class GaugeOf final : public Gauge {
 public:
  explicit GaugeOf(prometheus::Gauge& inner) : inner_(inner) {}
  void set(double value) override { inner_.Set(value); }
  void add(double by) override { inner_.Increment(by); }

 private:
  prometheus::Gauge& inner_;
};

class HistogramOf final : public Histogram {
 public:
  explicit HistogramOf(prometheus::Histogram& inner) : inner_(inner) {}
  void observe(double value) override { inner_.Observe(value); }

 private:
  prometheus::Histogram& inner_;
};

template <typename T>
using Known = std::map<std::pair<std::string, Labels>, std::unique_ptr<T>>;

// The one under that name and those labels, made by `make` the first time.
template <typename T, typename Make>
T& find_or_make(Known<T>& known, const std::string& name, const Labels& labels, Make make) {
  auto& slot = known[{name, labels}];
  if (!slot) slot = make();
  return *slot;
}

}  // namespace

struct Registry::Impl {
  prometheus::Registry registry;
  Mutex mutex;
  Known<Counter> counters GUARDED_BY(mutex);
  Known<Gauge> gauges GUARDED_BY(mutex);
  Known<Histogram> histograms GUARDED_BY(mutex);
};

Registry::Registry() : impl_(std::make_unique<Impl>()) {}
Registry::~Registry() = default;

Counter& Registry::counter(const std::string& name, const std::string& help, const Labels& labels) {
  MutexLock lock(impl_->mutex);
  return find_or_make(impl_->counters, name, labels, [&] {
    auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(impl_->registry);
    return std::make_unique<CounterOf>(family.Add(labels));
  });
}

Gauge& Registry::gauge(const std::string& name, const std::string& help, const Labels& labels) {
  MutexLock lock(impl_->mutex);
  return find_or_make(impl_->gauges, name, labels, [&] {
    auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry);
    return std::make_unique<GaugeOf>(family.Add(labels));
  });
}

Histogram& Registry::histogram(const std::string& name, const std::string& help,
                               std::vector<double> bounds, const Labels& labels) {
  MutexLock lock(impl_->mutex);
  return find_or_make(impl_->histograms, name, labels, [&] {
    auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(impl_->registry);
    return std::make_unique<HistogramOf>(family.Add(labels, std::move(bounds)));
  });
}

std::string Registry::text() const {
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

}  // namespace trailkeeper::metrics
