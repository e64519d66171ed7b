// Checks a public log with the Go project's own code for transparency logs (golang.org/x/mod/sumdb), and nothing of ours.
//
//	sumdb FOLDER VKEY OLD_SIZE OLD_ROOT RECEIPT...
//
// It opens the signed checkpoint, reads the tiles under it, hashes every entry, proves that the old tree is the beginning
// of this one, and checks the proof of every receipt. It prints the size and the root, or ends with what is wrong.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	folder, vkey, oldSize, oldRoot, receipts := os.Args[1], os.Args[2], os.Args[3], os.Args[4], os.Args[5:]
	verifier, err := note.NewVerifier(vkey)
	must(err)
	size, root := checkpoint(read(folder, "checkpoint"), verifier)

	// The reader checks every tile against the tree's hash before it uses a hash of it.
	reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, tiles{folder})
	for index := int64(0); index < size; index += 256 {
		entries := bundle(folder, index/256, size)
		for i, entry := range entries {
			hashes, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, index+int64(i))})
			must(err)
			if hashes[0] != tlog.RecordHash(entry) {
				fail("entry %d is not what the tree was built over", index+int64(i))
			}
		}
		proof, err := tlog.ProveRecord(size, index, reader)
		must(err)
		must(tlog.CheckRecord(proof, size, root, index, tlog.RecordHash(entries[0])))
	}

	n, err := strconv.ParseInt(oldSize, 10, 64)
	must(err)
	proof, err := tlog.ProveTree(size, n, reader)
	must(err)
	must(tlog.CheckTree(proof, size, root, n, hash(oldRoot)))

	for _, file := range receipts {
		receipt(file, folder, size, verifier)
	}
	fmt.Printf("%d %s\n", size, base64.StdEncoding.EncodeToString(root[:]))
}

// The proof in a receipt, as we wrote it, against the checkpoint in it.
func receipt(file, folder string, size int64, verifier note.Verifier) {
	text, err := os.ReadFile(file)
	must(err)
	head, signed, _ := strings.Cut(string(text), "\n\n")
	at, root := checkpoint([]byte(signed), verifier)
	var index int64
	var proof tlog.RecordProof
	for i, line := range strings.Split(head, "\n") {
		switch {
		case i == 0 && line != "c2sp.org/tlog-proof@v1":
			fail("%s is no tlog-proof", file)
		case i == 0 || strings.HasPrefix(line, "extra "):
		case strings.HasPrefix(line, "index "):
			index, err = strconv.ParseInt(strings.TrimPrefix(line, "index "), 10, 64)
			must(err)
		default:
			proof = append(proof, hash(line))
		}
	}
	entry := bundle(folder, index/256, size)[index%256]
	must(tlog.CheckRecord(proof, at, root, index, tlog.RecordHash(entry)))
}

func checkpoint(signed []byte, verifier note.Verifier) (int64, tlog.Hash) {
	opened, err := note.Open(signed, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != verifier.Name() {
		fail("the checkpoint is of %s", lines[0])
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	return size, hash(lines[2])
}

func bundle(folder string, n, size int64) [][]byte {
	tile := tlog.Tile{H: 8, L: 0, N: n, W: 256}
	if size-n*256 < 256 {
		tile.W = int(size - n*256)
	}
	data := read(folder, strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1))
	var entries [][]byte
	for len(data) > 0 {
		end := 2 + int(binary.BigEndian.Uint16(data))
		entries = append(entries, data[2:end])
		data = data[end:]
	}
	if len(entries) != tile.W {
		fail("the bundle %d has %d entries", n, len(entries))
	}
	return entries
}

type tiles struct{ folder string }

func (t tiles) Height() int                          { return 8 }
func (t tiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range wanted {
		// The same paths, but that the height is not in them.
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(t.folder, path))
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

func read(folder, path string) []byte {
	data, err := os.ReadFile(filepath.Join(folder, path))
	must(err)
	return data
}

func hash(text string) tlog.Hash {
	h, err := tlog.ParseHash(text)
	must(err)
	return h
}

func must(err error) {
	if err != nil {
		fail("%v", err)
	}
}

func fail(format string, args ...interface{}) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(1)
}
