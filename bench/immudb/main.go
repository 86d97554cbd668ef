// The load of `./dev bench` for immudb, a peer that is measured beside: arguments are the server's port and one file for
// each client. A line of a file is a key, a tab and the event; a thousand lines become one transaction, which the server
// syncs before it answers. Prints the rate as JSON.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/codenotary/immudb/pkg/api/schema"
	immudb "github.com/codenotary/immudb/pkg/client"
)

const (
	batch       = 1000
	longestLine = 1 << 20
)

// The account and the database that a new server has.
func connect(ctx context.Context, port int, folder string) (immudb.ImmuClient, error) {
	if err := os.Mkdir(folder, 0o700); err != nil {
		return nil, err
	}
	options := immudb.DefaultOptions().WithAddress("127.0.0.1").WithPort(port).WithDir(folder)
	client := immudb.NewClient().WithOptions(options)
	return client, client.OpenSession(ctx, []byte("immudb"), []byte("immudb"), "defaultdb")
}

// send returns how many events of the file were answered for.
func send(ctx context.Context, client immudb.ImmuClient, path string) (int, error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(make([]byte, longestLine), longestLine)
	sent := 0
	for more := true; more; {
		request := &schema.SetRequest{KVs: make([]*schema.KeyValue, 0, batch)}
		for len(request.KVs) < batch {
			if more = lines.Scan(); !more {
				break
			}
			key, event, found := bytes.Cut(append([]byte(nil), lines.Bytes()...), []byte("\t"))
			if !found {
				return sent, fmt.Errorf("%s: a line without a tab", path)
			}
			request.KVs = append(request.KVs, &schema.KeyValue{Key: key, Value: event})
		}
		if len(request.KVs) > 0 {
			if _, err := client.SetAll(ctx, request); err != nil {
				return sent, err
			}
			sent += len(request.KVs)
		}
	}
	return sent, lines.Err()
}

type outcome struct {
	events int
	err    error
}

func run(port int, files []string) error {
	ctx := context.Background()
	clients := make([]immudb.ImmuClient, len(files))
	for i, path := range files {
		client, err := connect(ctx, port, path+".state")
		if err != nil {
			return err
		}
		defer client.CloseSession(ctx)
		clients[i] = client
	}
	began := time.Now()
	outcomes := make(chan outcome)
	for i, path := range files {
		go func(client immudb.ImmuClient, path string) {
			events, err := send(ctx, client, path)
			outcomes <- outcome{events, err}
		}(clients[i], path)
	}
	events := 0
	for range files {
		one := <-outcomes
		if one.err != nil {
			return one.err
		}
		events += one.events
	}
	seconds := time.Since(began).Seconds()
	return json.NewEncoder(os.Stdout).Encode(map[string]float64{
		"events": float64(events), "seconds": seconds, "events_per_second": float64(events) / seconds})
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: load PORT FILE...")
		os.Exit(2)
	}
	port, err := strconv.Atoi(os.Args[1])
	if err == nil {
		err = run(port, os.Args[2:])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
