// The OpenTelemetry Collector with the parts that examples/otel-collector uses, as `ocb` would make it.
package main

import (
	"log"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/otlphttpexporter"
	"go.opentelemetry.io/collector/extension"
	"go.opentelemetry.io/collector/otelcol"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/batchprocessor"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
)

func components() (otelcol.Factories, error) {
	var factories otelcol.Factories
	var err error
	if factories.Receivers, err = receiver.MakeFactoryMap(otlpreceiver.NewFactory()); err != nil {
		return factories, err
	}
	if factories.Processors, err = processor.MakeFactoryMap(batchprocessor.NewFactory()); err != nil {
		return factories, err
	}
	if factories.Exporters, err = exporter.MakeFactoryMap(otlphttpexporter.NewFactory()); err != nil {
		return factories, err
	}
	factories.Extensions, err = extension.MakeFactoryMap()
	return factories, err
}

func main() {
	factories, err := components()
	if err != nil {
		log.Fatal(err)
	}
	info := component.BuildInfo{Command: "otelcol", Description: "OpenTelemetry Collector", Version: "0.83.0"}
	if err := otelcol.NewCommand(otelcol.CollectorSettings{BuildInfo: info, Factories: factories}).Execute(); err != nil {
		log.Fatal(err)
	}
}
