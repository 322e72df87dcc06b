// Command pack turns a folder into a container image without a Docker engine or a registry. The
// result is a tar of the kind that "docker save" writes, with one layer; containerd imports it.
//
// The same folder always gives the same bytes: entries are sorted, owned by root and carry no
// times, so an image's digest changes only when its content does.
package main

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// exitUsage is the exit code for a call that cannot be understood.
const exitUsage = 2

// imageConfig is the part of the image specification that we fill in.
type imageConfig struct {
	Architecture string          `json:"architecture"`
	OS           string          `json:"os"`
	Config       containerConfig `json:"config"`
	RootFS       rootFS          `json:"rootfs"`
}

type containerConfig struct {
	Entrypoint []string `json:"Entrypoint,omitempty"`
	Cmd        []string `json:"Cmd,omitempty"`
	Env        []string `json:"Env,omitempty"`
	User       string   `json:"User,omitempty"`
	WorkingDir string   `json:"WorkingDir,omitempty"`
}

type rootFS struct {
	Type    string   `json:"type"`
	DiffIDs []string `json:"diff_ids"`
}

type manifestEntry struct {
	Config   string   `json:"Config"`
	RepoTags []string `json:"RepoTags"`
	Layers   []string `json:"Layers"`
}

// repeated is a flag that may be given several times.
type repeated []string

func (r *repeated) String() string         { return strings.Join(*r, " ") }
func (r *repeated) Set(value string) error { *r = append(*r, value); return nil }

func main() {
	out := flag.String("out", "", "the tar to write")
	name := flag.String("name", "", "the image's name with its tag, such as fairlead.local/busybox:1")
	user := flag.String("user", "", "user the containers run as, such as 65532:65532 (root if absent)")
	workingDir := flag.String("workdir", "", "working folder of the containers (/ if absent)")
	replaceable := flag.Bool("cmd", false, "the program is only a default, which the args of a pod replace")
	var env repeated
	flag.Var(&env, "env", "NAME=value; may be repeated")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(),
			"usage: pack -out FILE.tar -name IMAGE:TAG [options] ROOT_FOLDER PROGRAM [ARGUMENT...]")
		flag.PrintDefaults()
	}
	flag.Parse()
	if *out == "" || *name == "" || flag.NArg() < 2 {
		flag.Usage()
		os.Exit(exitUsage)
	}
	if !strings.Contains(*name, ":") || !strings.Contains(*name, "/") {
		fmt.Fprintf(os.Stderr, "pack: image name %q needs a registry part and a tag, such as fairlead.local/name:1\n", *name)
		os.Exit(exitUsage)
	}
	config := containerConfig{
		Env:        append([]string{"PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"}, env...),
		User:       *user,
		WorkingDir: *workingDir,
	}
	if *replaceable {
		config.Cmd = flag.Args()[1:]
	} else {
		config.Entrypoint = flag.Args()[1:]
	}
	if err := pack(*out, *name, flag.Arg(0), config); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}

// pack writes the image beside its destination first and renames it, so that nobody ever imports
// half an image.
func pack(out, name, root string, config containerConfig) (err error) {
	layer, err := os.CreateTemp(filepath.Dir(out), ".layer-*")
	if err != nil {
		return err
	}
	defer os.Remove(layer.Name())
	defer layer.Close()
	digest := sha256.New()
	if err := writeLayer(io.MultiWriter(layer, digest), root); err != nil {
		return err
	}
	diffID := hex.EncodeToString(digest.Sum(nil))

	image, err := os.CreateTemp(filepath.Dir(out), ".image-*")
	if err != nil {
		return err
	}
	defer os.Remove(image.Name())
	defer image.Close()
	if err := writeImage(image, name, layer, diffID, config); err != nil {
		return err
	}
	if err := image.Chmod(0o644); err != nil {
		return err
	}
	if err := image.Close(); err != nil {
		return err
	}
	return os.Rename(image.Name(), out)
}

// writeImage writes configuration, layer and manifest, each named by its digest as docker does.
func writeImage(w io.Writer, name string, layer *os.File, diffID string, config containerConfig) error {
	configJSON, err := json.Marshal(imageConfig{
		Architecture: runtime.GOARCH,
		OS:           "linux",
		Config:       config,
		RootFS:       rootFS{Type: "layers", DiffIDs: []string{"sha256:" + diffID}},
	})
	if err != nil {
		return err
	}
	configDigest := sha256.Sum256(configJSON)
	configFile := hex.EncodeToString(configDigest[:]) + ".json"
	layerFile := diffID + ".tar"
	manifestJSON, err := json.Marshal([]manifestEntry{{
		Config: configFile, RepoTags: []string{name}, Layers: []string{layerFile},
	}})
	if err != nil {
		return err
	}
	archive := tar.NewWriter(w)
	if err := writeBytes(archive, configFile, configJSON); err != nil {
		return err
	}
	if err := writeContent(archive, layerFile, layer); err != nil {
		return err
	}
	if err := writeBytes(archive, "manifest.json", manifestJSON); err != nil {
		return err
	}
	return archive.Close()
}

func writeBytes(archive *tar.Writer, name string, content []byte) error {
	header := &tar.Header{Name: name, Mode: 0o644, Size: int64(len(content)), Typeflag: tar.TypeReg}
	if err := archive.WriteHeader(header); err != nil {
		return err
	}
	_, err := archive.Write(content)
	return err
}

func writeContent(archive *tar.Writer, name string, content *os.File) error {
	size, err := content.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return err
	}
	header := &tar.Header{Name: name, Mode: 0o644, Size: size, Typeflag: tar.TypeReg}
	if err := archive.WriteHeader(header); err != nil {
		return err
	}
	_, err = io.Copy(archive, content)
	return err
}

// writeLayer archives the folder in the order WalkDir gives, which is sorted by name.
func writeLayer(w io.Writer, root string) error {
	archive := tar.NewWriter(w)
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return writeEntry(archive, root, path, entry)
	})
	if err != nil {
		return err
	}
	return archive.Close()
}

func writeEntry(archive *tar.Writer, root, path string, entry fs.DirEntry) error {
	relative, err := filepath.Rel(root, path)
	if err != nil || relative == "." {
		return err
	}
	info, err := entry.Info()
	if err != nil {
		return err
	}
	target := ""
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		if target, err = os.Readlink(path); err != nil {
			return err
		}
	case !info.Mode().IsRegular() && !info.IsDir():
		return errors.New(path + " is neither a file, a folder nor a symbolic link")
	}
	header, err := tar.FileInfoHeader(info, target)
	if err != nil {
		return err
	}
	header.Name = relative
	if info.IsDir() {
		header.Name += "/"
	}
	header.Uid, header.Gid, header.Uname, header.Gname = 0, 0, "", ""
	header.ModTime, header.AccessTime, header.ChangeTime = time.Unix(0, 0), time.Time{}, time.Time{}
	if err := archive.WriteHeader(header); err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return nil
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = io.Copy(archive, file)
	return err
}
