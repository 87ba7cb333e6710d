"""Start the Rollcall client: hands over to client.cli, nothing else."""

from client.cli import main

if __name__ == "__main__":
    main()
