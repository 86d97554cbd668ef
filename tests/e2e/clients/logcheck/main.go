// Checks a log with code that knows nothing of Trailkeeper: golang.org/x/mod's notes and trees, and the rules of
// c2sp.org/tlog-tiles as written there. Usage: logcheck LOG_URL VKEY [PROOF_FILE LEAF_BASE64], or
// logcheck manifests VKEY MANIFEST_VKEY FILE... for manifests of deliveries (manifests.go), or
// logcheck tampered FOLDER VKEY for copies of a log in which something is another (tampered.go)
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const width = 256

// What a check found; main says it and ends, tampered.go goes on.
type fault string

func fail(format string, args ...any) {
	panic(fault(fmt.Sprintf(format, args...)))
}

func check(err error, what string) {
	if err != nil {
		fail("%s: %v", what, err)
	}
}

type checkpoint struct {
	origin string
	size   int64
	root   tlog.Hash
}

func openCheckpoint(signed []byte, vkey string) checkpoint {
	verifier, err := note.NewVerifier(vkey)
	check(err, "vkey")
	opened, err := note.Open(signed, note.VerifierList(verifier))
	check(err, "checkpoint")
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		fail("checkpoint: %q is not of %s", opened.Text, verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err, "checkpoint's size")
	root, err := tlog.ParseHash(lines[2])
	check(err, "checkpoint's root")
	return checkpoint{lines[0], size, root}
}

// A file of a log by its path.
type source func(path string) []byte

type log struct{ get source }

func served(url, path string) []byte {
	answer, err := http.Get(url + "/" + path)
	check(err, path)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	check(err, path)
	if answer.StatusCode != http.StatusOK {
		fail("%s: %s: %s", path, answer.Status, body)
	}
	return body
}

// 1234067 -> x001/x234/067
func numberPath(n int64) string {
	path := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		path = fmt.Sprintf("x%03d/%s", n%1000, path)
	}
	return path
}

func tilePath(level string, number, hashes int64) string {
	path := "tile/" + level + "/" + numberPath(number)
	if hashes < width {
		path += fmt.Sprintf(".p/%d", hashes)
	}
	return path
}

// Calls visit for every tile of a row of `hashes` hashes or entries.
func tiles(level string, hashes int64, visit func(path string, number, count int64)) {
	for number := int64(0); number*width < hashes; number++ {
		count := hashes - number*width
		if count > width {
			count = width
		}
		visit(tilePath(level, number, count), number, count)
	}
}

// The tree of all entries, computed anew.
func (l log) tree(size int64) tlog.HashReader {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			found[i] = stored[index]
		}
		return found, nil
	})
	record := int64(0)
	tiles("entries", size, func(path string, number, count int64) {
		bundle := l.get(path)
		for ; count > 0; count-- {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				fail("%s is cut", path)
			}
			length := int(binary.BigEndian.Uint16(bundle))
			entry := bundle[2 : 2+length]
			if length != 48 || binary.BigEndian.Uint64(entry) != uint64(record+1) {
				fail("%s: entry %d is not the one of that seq", path, record)
			}
			hashes, err := tlog.StoredHashesForRecordHash(record, tlog.RecordHash(entry), reader)
			check(err, path)
			stored = append(stored, hashes...)
			bundle = bundle[2+length:]
			record++
		}
		if len(bundle) != 0 {
			fail("%s is too long", path)
		}
	})
	return reader
}

func (l log) checkTiles(size int64, reader tlog.HashReader) int {
	checked := 0
	for level, hashes := 0, size; hashes > 0; level, hashes = level+1, hashes/width {
		tiles(strconv.Itoa(level), hashes, func(path string, number, count int64) {
			var expected []byte
			for i := int64(0); i < count; i++ {
				hash, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(level*8, number*width+i)})
				check(err, path)
				expected = append(expected, hash[0][:]...)
			}
			if !bytes.Equal(l.get(path), expected) {
				fail("%s does not follow from the entries", path)
			}
			checked++
		})
	}
	return checked
}

func checkProof(file, leaf, vkey string) {
	text, err := os.ReadFile(file)
	check(err, "proof")
	head, signed, found := strings.Cut(string(text), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		fail("proof: %q is none", head)
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	check(err, "proof's index")
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := tlog.ParseHash(line)
		check(err, "proof's hash")
		proof = append(proof, hash)
	}
	entry, err := base64.StdEncoding.DecodeString(leaf)
	check(err, "leaf")
	known := openCheckpoint([]byte(signed), vkey)
	check(tlog.CheckRecord(proof, known.size, known.root, index, tlog.RecordHash(entry)), "proof")
	fmt.Printf("entry %d is in the log of %d\n", index, known.size)
}

func checkLog(l log, vkey string) string {
	known := openCheckpoint(l.get("checkpoint"), vkey)
	reader := l.tree(known.size)
	root, err := tlog.TreeHash(known.size, reader)
	check(err, "tree")
	if root != known.root {
		fail("the root of the %d entries is %v, not %v", known.size, root, known.root)
	}
	return fmt.Sprintf("%d entries, %d tiles, root %v", known.size, l.checkTiles(known.size, reader), root)
}

func main() {
	defer func() {
		if found := recover(); found != nil {
			if text, ok := found.(fault); ok {
				fmt.Fprintln(os.Stderr, string(text))
				os.Exit(1)
			}
			panic(found)
		}
	}()
	if len(os.Args) == 4 && os.Args[1] == "tampered" {
		checkTampered(os.Args[2], os.Args[3])
		return
	}
	if len(os.Args) > 4 && os.Args[1] == "manifests" {
		checkManifests(os.Args[2], os.Args[3], os.Args[4:])
		return
	}
	if len(os.Args) == 5 {
		checkProof(os.Args[3], os.Args[4], os.Args[2])
		return
	}
	if len(os.Args) != 3 {
		fail("usage: logcheck LOG_URL VKEY [PROOF_FILE LEAF_BASE64] | manifests VKEY MANIFEST_VKEY FILE... | tampered FOLDER VKEY")
	}
	url := os.Args[1]
	fmt.Println(checkLog(log{func(path string) []byte { return served(url, path) }}, os.Args[2]))
}
