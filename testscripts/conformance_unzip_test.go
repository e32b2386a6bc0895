package testscripts

import (
	"archive/zip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// unzipAll replaces the archives in a folder by what they hold.
func unzipAll(t *testing.T, folder string) {
	t.Helper()
	archives, err := filepath.Glob(filepath.Join(folder, "*.zip"))
	if err != nil {
		t.Fatal(err)
	}
	for _, archive := range archives {
		files, err := zip.OpenReader(archive)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files.File {
			unzip(t, folder, file)
		}
		if err := errors.Join(files.Close(), os.Remove(archive)); err != nil {
			t.Fatal(err)
		}
	}
}

func unzip(t *testing.T, folder string, file *zip.File) {
	t.Helper()
	if !filepath.IsLocal(file.Name) {
		t.Fatalf("the archive has a file %q", file.Name)
	}
	path := filepath.Join(folder, file.Name)
	if file.Mode().IsDir() {
		mkdirAll(t, path)
		return
	}
	content, err := file.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	mkdirAll(t, filepath.Dir(path))
	to, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(to, content)
	if err := errors.Join(err, to.Close()); err != nil {
		t.Fatal(err)
	}
}
