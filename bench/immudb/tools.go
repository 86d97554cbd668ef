//go:build tools

package main

// Keeps what the server needs in go.mod and go.sum.
import _ "github.com/codenotary/immudb/cmd/immudb"
