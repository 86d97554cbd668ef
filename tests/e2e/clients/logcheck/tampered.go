// Many copies of one log, each with something else in it than the log has: FOLDER holds the log as it was served; each line of
// the standard input is a JSON object of the files that a copy has instead, in base64, null for one that is not there. For
// each line one of the answer: "fine", or what was found.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

const lineMax = 64 << 20

func checkTampered(folder, vkey string) {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, lineMax)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	clean := map[string][]byte{}
	for lines.Scan() {
		instead := map[string]*string{}
		check(json.Unmarshal(lines.Bytes(), &instead), "line")
		fmt.Fprintln(out, judge(instead, clean, folder, vkey))
	}
	check(lines.Err(), "input")
}

func judge(instead map[string]*string, clean map[string][]byte, folder, vkey string) (verdict string) {
	defer func() {
		if found := recover(); found != nil {
			text, ok := found.(fault)
			if !ok {
				panic(found)
			}
			verdict = "found: " + string(text)
		}
	}()
	checkLog(log{func(path string) []byte {
		if other, ok := instead[path]; ok {
			if other == nil {
				fail("%s: 404", path)
			}
			content, err := base64.StdEncoding.DecodeString(*other)
			check(err, path)
			return content
		}
		if _, known := clean[path]; !known {
			content, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(path)))
			check(err, path)
			clean[path] = content
		}
		return clean[path]
	}}, vkey)
	return "fine"
}
