# perl sorts, matches and closes over.
command=(perl script.pl)
export PERL_HASH_SEED=0 PERL_PERTURB_KEYS=0
prepare()
{
	cat >script.pl <<'P'
use strict; use warnings; use List::Util qw(sum); use Data::Dumper; use POSIX qw(floor);
my (%seen, @closures);
for my $i (1 .. 40000) {
    my $line = "key" . ($i % 911) . " value=$i; other=" . ($i * 3);
    if ($line =~ /^(\w+)\s+value=(\d+);\s*other=(\d+)/) { push @{ $seen{$1} }, { value => $2, other => $3 } }
    push @closures, sub { $_[0] + $i } if $i % 100 == 0;
}
print scalar(keys %seen), " ", sum(map { $_->{value} } map { @$_ } values %seen), "\n";
print join(",", (sort { $a cmp $b } keys %seen)[0 .. 9]), "\n";
print sum(map { $_->(1) } @closures), "\n";
local $Data::Dumper::Sortkeys = 1;
print length(Dumper(\%seen)), "\n";
print `echo from a shell`;
P
}
also() { holds '.processes | length >= 2'; }
