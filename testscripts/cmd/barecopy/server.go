package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/coder/websocket"
)

// serve stores uploads in folder under the name in their URL, and serves its files.
func serve(tlsFolder, folder string) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	routes := http.NewServeMux()
	routes.HandleFunc("GET /upload/{name}", func(w http.ResponseWriter, r *http.Request) {
		logged(receive(w, r, filepath.Join(folder, r.PathValue("name"))))
	})
	routes.HandleFunc("GET /download/{name}", func(w http.ResponseWriter, r *http.Request) {
		logged(send(w, filepath.Join(folder, r.PathValue("name"))))
	})
	server := &http.Server{Handler: routes, ReadHeaderTimeout: time.Minute}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		_ = server.Close()
	}()
	fmt.Printf("https://%s\n", listener.Addr())
	err = server.ServeTLS(listener, filepath.Join(tlsFolder, "server.pem"), filepath.Join(tlsFolder, "server-key.pem"))
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

func logged(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "barecopy:", err)
	}
}

// receive writes binary messages to a file until a text message, which it answers.
func receive(w http.ResponseWriter, r *http.Request, path string) (err error) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return err
	}
	defer conn.CloseNow()
	conn.SetReadLimit(chunk)
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	buffer := make([]byte, chunk)
	for {
		kind, message, err := conn.Reader(r.Context())
		if err != nil {
			return err
		}
		if kind == websocket.MessageText {
			return conn.Write(r.Context(), websocket.MessageText, []byte("complete"))
		}
		if _, err := io.CopyBuffer(struct{ io.Writer }{file}, message, buffer); err != nil {
			return err
		}
	}
}

func send(w http.ResponseWriter, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = io.Copy(w, file)
	return err
}
