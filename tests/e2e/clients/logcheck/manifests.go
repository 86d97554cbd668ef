// What manifests of deliveries say of the log, checked with golang.org/x/mod alone: signature, checkpoint, and that the
// checkpoint of each goes on from that of the one before.
package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type manifest struct {
	file        string
	Stream      int64
	Window      int64
	LastSeq     string `json:"last_seq"`
	Checkpoint  string
	Consistency []string
	Signature   struct{ Key, Alg, Value string }
}

// The key of a vkey: behind its name and id, one byte of type and 32 of Ed25519.
func publicKey(vkey string) (string, ed25519.PublicKey) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		fail("%q is no vkey", vkey)
	}
	raw, err := base64.StdEncoding.DecodeString(parts[2])
	check(err, "vkey")
	if len(raw) != 33 || raw[0] != 1 {
		fail("%q is no key of Ed25519", vkey)
	}
	return parts[0] + "+" + parts[1], raw[1:]
}

func readManifest(file, manifestVkey string) manifest {
	content, err := os.ReadFile(file)
	check(err, "manifest")
	at := bytes.LastIndex(content, []byte(`,"signature":`))
	if at < 0 {
		fail("%s: not signed", file)
	}
	read := manifest{file: file}
	check(json.Unmarshal(content, &read), file)
	name, key := publicKey(manifestVkey)
	signature, err := base64.StdEncoding.DecodeString(read.Signature.Value)
	check(err, file)
	message := append([]byte("trailkeeper-manifest/v1\n"), content[:at]...)
	if read.Signature.Key != name || !ed25519.Verify(key, message, signature) {
		fail("%s: the signature does not hold", file)
	}
	return read
}

func checkManifests(vkey, manifestVkey string, files []string) {
	var manifests []manifest
	for _, file := range files {
		manifests = append(manifests, readManifest(file, manifestVkey))
	}
	sort.Slice(manifests, func(i, j int) bool {
		a, b := manifests[i], manifests[j]
		return a.Stream < b.Stream || a.Stream == b.Stream && a.Window < b.Window
	})
	verifier, err := note.NewVerifier(vkey)
	check(err, "vkey")
	var before checkpoint
	proofs := 0
	for i, one := range manifests {
		known := openCheckpoint([]byte(one.Checkpoint), vkey)
		if known.origin != verifier.Name() || strconv.FormatInt(known.size, 10) != one.LastSeq {
			fail("%s: its checkpoint is of another size or log", one.file)
		}
		if i > 0 && manifests[i-1].Stream == one.Stream && before.size > 0 && known.size > before.size {
			var proof tlog.TreeProof
			for _, line := range one.Consistency {
				hash, err := tlog.ParseHash(line)
				check(err, one.file)
				proof = append(proof, hash)
			}
			check(tlog.CheckTree(proof, known.size, known.root, before.size, before.root), one.file)
			proofs++
		}
		before = known
	}
	fmt.Printf("%d manifests, %d proofs that the log goes on\n", len(manifests), proofs)
}
