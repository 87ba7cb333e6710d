"""Start the Rollcall server: hands over to server.cli, nothing else."""

from server.cli import main

if __name__ == "__main__":
    main()
